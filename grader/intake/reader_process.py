"""The process that reads archives and notebooks for :mod:`grader.documents.reader`.

On standard input comes, for each file, a line of JSON with its ``size`` and what else there is to
know, and then its bytes. The answer has the same form. A file that takes too much memory is
answered by ``{"overran": ...}``; one that takes too much processor time ends the process (SIGPROF).

On Linux the process opens no more files, makes no others and dies with the one that started it
(:mod:`grader.sandbox.jail.seccomp`), whoever finds a hole in a decompressor: so all that it needs
is imported before the first byte is read.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from grader.documents.reader import MEMORY_MB, SECONDS, Answer

Read = Callable[..., Answer]


def _archives() -> Read:
    from grader.intake.packed import pick

    for name in ("cp437", "utf-8-sig"):
        codecs.lookup(name)
    return pick


def _notebooks() -> Read:
    from grader.documents.notebook import read_code

    codecs.lookup("utf-8-sig")
    return read_code


def _old_notebooks() -> Read:
    from grader.documents.notebook import read_old_code, warm_up

    codecs.lookup("utf-8-sig")
    warm_up()
    return read_old_code


KINDS = {"archive": _archives, "notebook": _notebooks, "old-notebook": _old_notebooks}
"""What can be read; each is a function that imports what does it."""


def main(kind: str, parent: int) -> None:
    """Entry point of ``python -I -c``: read files until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's to handle
    read = KINDS[kind]()
    _limit_memory()
    _lock_up(parent)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        _limit_time(SECONDS)
        answer, found = _answered(read, requests.read, json.loads(line))
        _limit_time(0)
        answers.write(json.dumps({**answer, "size": len(found)}).encode() + b"\n")
        answers.write(found)
        answers.flush()


def _answered(read: Read, receive: Callable[[int], bytes], request: dict[str, Any]) -> Answer:
    try:
        return read(receive(request.pop("size")), **request)
    except MemoryError:
        return {"overran": f"takes more than {MEMORY_MB} MB of memory to read"}, b""


def _limit_memory() -> None:
    if sys.platform != "win32":
        from grader.sandbox.jail import rlimits

        given = {"cpu_seconds": 1 << 30, "memory_bytes": MEMORY_MB << 20, "file_bytes": 0}
        rlimits.apply(given, rlimits.address_space())


def _limit_time(seconds: float) -> None:
    """Have the system end this process after so much more processor time; 0 for no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _lock_up(parent: int) -> None:
    """Give up what reading needs not, as far as the system lets that be given up."""
    if sys.platform != "linux":
        return
    from grader.sandbox.jail import linux, seccomp

    linux.die_with_parent(parent)
    machine = seccomp.architecture()
    with contextlib.suppress(OSError):
        linux.drop_capabilities()
    with contextlib.suppress(OSError):
        linux.forbid_new_privileges()
        if machine:
            closed = seccomp.Filter(machine, opening=False)
            linux.install_filter(closed.for_process(os.getpid()))
