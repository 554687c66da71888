"""Room: the zygote, a process that has NumPy loaded and forks a fresh worker for each request.

The judge starts it by exec with a clean environment (never by fork: a fork would inherit the
judge's memory). It runs no student code itself. Requests and answers are single packets on a
Unix socket: ``{"spawn": id, "limits": {...}}`` with two descriptors (channel, output) is answered
by ``{"spawned": id}`` with a pidfd; when a worker ends, ``{"exited": id, "status": ...}`` follows.

Linux only. Elsewhere each worker is started by exec: see :mod:`grader.sandbox.single`.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

import numpy as np

from grader.sandbox import limits, worker

CHANNEL, OUTPUT = 3, 1


def preload() -> None:
    """Import and run what every submission needs, so that workers find it done."""
    import abc  # noqa: F401
    import collections  # noqa: F401
    import dataclasses  # noqa: F401
    import enum  # noqa: F401
    import functools  # noqa: F401
    import itertools  # noqa: F401
    import typing  # noqa: F401

    np.dot(np.ones((2, 3)), np.ones((3, 2)))
    np.random.uniform(-1, 1, (2, 2))
    gc.collect()
    gc.freeze()


def serve(control: socket.socket) -> None:
    """Fork a worker per request until the judge closes ``control``."""
    _die_with_parent()
    preload()
    baseline = limits.address_space()
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's to handle
    workers: dict[int, int] = {}
    control.send(json.dumps({"ready": os.getpid()}).encode())
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
                _become_worker(request, descriptors, baseline)
            workers[pid] = request["spawn"]
            for descriptor in descriptors:
                os.close(descriptor)
            pidfd = os.pidfd_open(pid)
            answer = json.dumps({"spawned": request["spawn"], "pid": pid}).encode()
            socket.send_fds(control, [answer], [pidfd])
            os.close(pidfd)


def _die_with_parent() -> None:
    """Have the kernel kill this process when the judge goes, however it goes."""
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)


def _reap(control: socket.socket, workers: dict[int, int]) -> None:
    ended: dict[str, float]
    while workers:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = {"exited": workers.pop(pid, 0), "status": os.waitstatus_to_exitcode(status)}
        ended["cpu_seconds"] = round(usage.ru_utime + usage.ru_stime, 3)
        control.send(json.dumps(ended).encode())


def _become_worker(request: dict[str, Any], descriptors: list[int], baseline: int) -> NoReturn:
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _die_with_parent()
        _arrange_descriptors(*descriptors)
        limits.apply(request["limits"], baseline)
        worker.run(socket.socket(fileno=CHANNEL), OUTPUT)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(70)


def _arrange_descriptors(channel: int, output: int) -> None:
    """0 from /dev/null, 1 and 2 to the output pipe, 3 the channel, and nothing else open."""
    null = os.open("/dev/null", os.O_RDONLY)
    # First out of the way of the numbers that are about to be taken.
    high = [os.dup2(descriptor, 200 + i) for i, descriptor in enumerate((null, output, channel))]
    for source, number in zip((high[0], high[1], high[1], high[2]), range(4), strict=True):
        os.dup2(source, number, inheritable=False)
    os.closerange(4, 1024)


def main() -> None:
    """Entry point of ``python -I -c``; see :mod:`grader.sandbox.process`."""
    serve(socket.socket(fileno=int(sys.argv[1])))
