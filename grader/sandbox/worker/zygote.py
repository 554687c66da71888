"""The zygote, a process that has NumPy loaded and forks a fresh worker for each request.

The judge starts it by exec with a clean environment (never by fork: a fork would inherit the
judge's memory). It runs no student code itself. Single packets cross a Unix socket. The first is
what ``serve`` is given, and the answer ``{"ready": pid, "layers": [...]}`` names the layers of the
jail. A request ``{"spawn": id, "limits": {...}}`` with descriptors (channel, output) is answered
by ``{"spawned": id}`` with a pidfd; when a worker ends, ``{"exited": id, "status": ...}`` follows.

Linux only. Elsewhere each worker is started by exec: see :mod:`grader.sandbox.worker.exec_entry`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

from grader.sandbox.jail import linux, lockdown, rlimits
from grader.sandbox.worker import server
from grader.sandbox.worker.preload import preload

CHANNEL, OUTPUT = 3, 1
_HIGHEST = 1 << 16
_MOST_GIVEN = 1 << 18


def serve(control: socket.socket, judge: int, private: list[str]) -> None:
    """Fork a worker per request until the judge closes ``control``.

    Args:
        control: Where requests come from.
        judge: The process that started this one.
        private: Folders that no worker may open.
    """
    linux.die_with_parent(judge)
    linux.forbid_inspection()
    jail = lockdown.Jail(private)
    preload(rare=not jail.imports)
    baseline = rlimits.address_space()
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's to handle
    workers: dict[int, int] = {}
    zygote = os.getpid()
    control.send(json.dumps({"ready": zygote, "layers": jail.layers}).encode())
    while True:
        watched: list[Any] = [control, wake_read]
        readable, _, _ = select.select(watched, [], [])
        if wake_read in readable:
            os.read(wake_read, 4096)
            _reap(control, workers)
        if control in readable:
            packet, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
            if not packet:
                os._exit(0)
            request = json.loads(packet)
            pid = os.fork()
            if pid == 0:
                _become_worker(request, descriptors, baseline, jail, zygote)
            workers[pid] = request["spawn"]
            _announce(control, request["spawn"], pid)
            for descriptor in descriptors:
                os.close(descriptor)


def _announce(control: socket.socket, number: int, pid: int) -> None:
    """Tell the judge of a worker, and hand over a descriptor that signals it and no other."""
    pidfd = os.pidfd_open(pid)
    spawned = json.dumps({"spawned": number, "pid": pid}).encode()
    socket.send_fds(control, [spawned], [pidfd])
    os.close(pidfd)


def _reap(control: socket.socket, workers: dict[int, int]) -> None:
    ended: dict[str, float]
    while workers:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = {
            "exited": workers.pop(pid, 0),
            "status": os.waitstatus_to_exitcode(status),
        }
        ended["cpu_seconds"] = round(usage.ru_utime + usage.ru_stime, 3)
        control.send(json.dumps(ended).encode())


def _become_worker(
    request: dict[str, Any],
    descriptors: list[int],
    baseline: int,
    jail: lockdown.Jail,
    zygote: int,
) -> NoReturn:
    """Enter the jail, then serve. What fails before is told on the output, and no code is run."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.chdir("/")
        os.umask(0o077)
        channel, output = descriptors
        _arrange_descriptors(channel, output, jail.descriptors)
        served = socket.socket(fileno=CHANNEL)  # asks the kernel what it is: not in the jail
        rlimits.apply(request["limits"], baseline)
        jail.enter(zygote)
        server.run(served, OUTPUT, request["limits"]["reply_bytes"])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(70)


def _arrange_descriptors(channel: int, output: int, kept: tuple[int, ...]) -> None:
    """0 from /dev/null, 1 and 2 to the output pipe, 3 the channel, and nothing else open.

    ``kept`` are high numbers that the jail still needs, and closes.
    """
    null = os.open("/dev/null", os.O_RDWR)  # nothing to read, and nowhere to print to
    # First out of the way of the numbers that are about to be taken.
    high = [os.dup2(descriptor, 200 + i) for i, descriptor in enumerate((null, output, channel))]
    for source, number in zip((high[0], high[1], high[1], high[2]), range(4), strict=True):
        os.dup2(source, number, inheritable=False)
    start = 4
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, _HIGHEST)


def main() -> None:
    """Entry point of ``python -c``; see :mod:`grader.sandbox.process`."""
    control = socket.socket(fileno=int(sys.argv[1]))
    packet = control.recv(_MOST_GIVEN)
    if packet:  # else the judge has gone already
        serve(control, **json.loads(packet))
