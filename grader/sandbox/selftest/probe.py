"""The probe: a worker tries each forbidden thing, and what was refused is written down.

Nothing is inferred from versions or from which layers were set up: what a report says about
isolation is what happened in a real worker, minutes or milliseconds before.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec
import numpy as np

from grader.errors import Fault
from grader.sandbox import codec
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits, Worker

Area = Literal[
    "separate_process", "wall_time", "files", "network", "processes", "signals", "memory"
]
Result = Literal["refused", "open", "absent"]

_LIMITS = Limits(call_seconds=5.0, cpu_seconds=5, memory_mb=256, output_kb=4)
_DEADLINE = 0.005
_DEVICES = ("/dev/ptmx", "/dev/kmsg", "/dev/fuse", "/dev/kvm")


class Attempt(msgspec.Struct, frozen=True):
    """One forbidden thing and what became of it.

    Attributes:
        area: The key in a report's ``isolation``.
        what: What was tried, to be read behind "student code tried to".
        result: ``absent``: there is no such thing on this system.
        detail: How it was refused.
    """

    area: Area
    what: str
    result: Result
    detail: str = ""


class _Plan(msgspec.Struct, frozen=True):
    area: Area
    what: str
    function: str
    arguments: tuple[str | int, ...] = ()


def try_everything(workers: Workers, private: Sequence[Path]) -> list[Attempt]:
    """Try each forbidden thing in a fresh worker.

    Args:
        workers: Where the worker comes from.
        private: Files and folders that student code must not read.

    Raises:
        Fault: The worker could not answer.
    """
    try:
        return _try_once(workers, private)
    except WorkerFailure as failure:
        if not failure.lost:
            raise Fault(f"the probe of the isolation {failure}") from failure
    try:
        return _try_once(workers, private)
    except WorkerFailure as failure:
        raise Fault(f"the probe of the isolation {failure}, twice") from failure


def _try_once(workers: Workers, private: Sequence[Path]) -> list[Attempt]:
    worker = workers.spawn(_LIMITS)
    try:
        return [*_run(worker, _plans(private)), _try_endless_loop(worker)]
    finally:
        worker.kill()


def summarize(attempts: Sequence[Attempt]) -> dict[str, bool]:
    """For each area, whether nothing in it was open."""
    is_open = {attempt.area for attempt in attempts if attempt.result == "open"}
    return {area: area not in is_open for area in get_args(Area)}


def _plans(private: Sequence[Path]) -> list[_Plan]:
    return [*_file_plans(private), *_system_plans(), *_process_plans("the judge", os.getpid())]


def _file_plans(private: Sequence[Path]) -> list[_Plan]:
    folders = [path for path in private if path.is_dir()]
    files = [Path("/etc/passwd"), *(path for path in private if path.is_file())]
    for folder in folders:
        files += [path for path in sorted(folder.iterdir()) if path.is_file()][:3]
    places = [Path(tempfile.gettempdir())]
    for find in (Path.cwd, Path.home):
        with contextlib.suppress(OSError, RuntimeError):  # there need not be one
            places.append(find())
    read = [("read", "read_file", path) for path in dict.fromkeys(files)]
    listed = [("list", "list_folder", path) for path in dict.fromkeys([*folders, *places])]
    written = [
        ("write into", "write_file", path)
        for path in dict.fromkeys([*places, Path("/dev/shm")])  # noqa: S108
    ]
    devices = [("open the device", "open_device", Path(path)) for path in _DEVICES]
    changed = [("change the mode of", "change_mode", Path(np.__file__))]
    return [
        _Plan("files", f"{verb} {path}", function, (str(path),))
        for verb, function, path in [*read, *listed, *written, *devices, *changed]
    ]


def _system_plans() -> list[_Plan]:
    return [
        _Plan("network", "connect by TCP", "connect_tcp"),
        _Plan("network", "send by UDP", "send_udp"),
        _Plan("network", "make a Unix socket", "make_unix_socket"),
        _Plan("processes", "fork", "fork"),
        _Plan("processes", "start a program", "execute"),
        _Plan("signals", "signal the first process", "signal_process", (1,)),
        _Plan("memory", "use more than its memory", "allocate", (2 * _LIMITS.memory_mb << 20,)),
        _Plan("memory", "raise its own limits", "raise_limits"),
        _Plan("memory", "make a shared memory segment", "make_shared_memory"),
        _Plan("memory", "make a file in memory", "make_memory_file"),
    ]


def _process_plans(name: str, pid: int) -> list[_Plan]:
    plans = [
        _Plan("processes", f"read the memory of {name}", "read_memory", (pid,)),
        _Plan("processes", f"change the limits of {name}", "read_limits", (pid,)),
        _Plan("signals", f"signal {name}", "signal_process", (pid,)),
        _Plan("signals", f"signal {name} through a descriptor", "signal_by_descriptor", (pid,)),
        _Plan("signals", f"have the kernel signal {name}", "signal_by_owner", (pid,)),
    ]
    for part in ("mem", "environ", "maps", "cmdline"):
        path = f"/proc/{pid}/{part}"
        plans.append(_Plan("processes", f"read {part} of {name}", "read_file", (path,)))
    return plans


def _run(worker: Worker, plans: Sequence[_Plan]) -> list[Attempt]:
    """Load the attempts, and try all of them, in one message."""
    writer = codec.Writer()
    source = Path(__file__).with_name("attempts.py").read_bytes()
    values = [np.frombuffer(source, np.uint8), {}, []]
    operations = [["load", "attempts", *[writer.value(value) for value in values]]]
    operations.append(["call", codec.MODULE, "process_number", [], codec.NO_KEYWORDS, 0])
    for plan in plans:
        arguments = writer.value([plan.function, *plan.arguments])
        operations.append(["call", codec.MODULE, "attempt", arguments, codec.NO_KEYWORDS, 0])
    outcomes = worker.request(operations, writer)
    failed = [outcome for outcome in outcomes if outcome[0] != "ok"]
    if failed:
        raise Fault(f"the probe of the isolation failed: {failed[0]}")
    _, process, *results = [outcome[1] for outcome in outcomes]
    same: Result = "open" if process == os.getpid() else "refused"
    apart = Attempt("separate_process", "run in the judge's process", same)
    pairs = zip(plans, results, strict=True)
    return [apart, *[Attempt(plan.area, plan.what, *result) for plan, result in pairs]]


def _try_endless_loop(worker: Worker) -> Attempt:
    what = "run for ever"
    operation = ["call", codec.MODULE, "run_for_ever", [], codec.NO_KEYWORDS, 0]
    try:
        worker.request([operation], codec.Writer(), seconds=_DEADLINE)
    except WorkerFailure as failure:
        if failure.kind == "timeout":
            return Attempt("wall_time", what, "refused", failure.reason)
        raise
    return Attempt("wall_time", what, "open")
