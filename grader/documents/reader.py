"""Archives and notebooks are read in a process of its own, which may use little and can be lost.

The bytes of a student cross to it and what was found in them comes back, both as lines of JSON with
plain bytes behind them: see :mod:`grader.intake.reader_process`. It is started when there is
something to be read, kept for the next file, and started again when a file has put an end to it.
What it found is remembered, within bounds, because a class is read twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.errors import Fault
from grader.sandbox.python_command import this_package

SECONDS = 4
"""Processor time that reading one file may take."""

MEMORY_MB = 224
"""Memory for one file, beyond what Python takes by itself."""

_PATIENCE = 60.0  # in wall time: for a machine that is busy with other things
_REMEMBERED = 32 << 20
_LONGEST_LINE = 1 << 20
_TIMED = hasattr(signal, "setitimer")

Answer = tuple[dict[str, Any], bytes]
"""What was found, as plain data, and the bytes that belong to it."""


class TooDear(Exception):
    """A file takes more than it may; the message is for its author, to be read behind "it"."""


class Reader:
    """Has files read, each within limits. A context manager; nothing is started before it is asked.

    Memory is limited where the system can do that (Linux), time everywhere.
    """

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._known: dict[bytes, Answer] = {}
        self._room = _REMEMBERED

    def ask(self, kind: str, content: bytes, **details: Any) -> Answer:
        """Have a file read.

        Args:
            kind: What it is, a key of :data:`grader.intake.reader_process.KINDS`.
            content: Its bytes.
            details: What else there is to know, as plain data.

        Raises:
            TooDear: It takes too much time or memory.
            Fault: The process was lost, twice, and not for that reason.
        """
        line = json.dumps({**details, "size": len(content)}).encode() + b"\n"
        key = hashlib.sha256(b"%b\n%b%b" % (kind.encode(), line, content)).digest()
        found = self._known.get(key)
        if found is None:
            found = self._read(kind, line, content)
            if "lost" in found[0]:
                found = self._read(kind, line, content)
            self._remember(key, found)
        if "overran" in found[0]:
            raise TooDear(found[0]["overran"])
        if "lost" in found[0]:
            raise Fault(f"could not be read: the process that should read it {found[0]['lost']}")
        return found

    def _remember(self, key: bytes, found: Answer) -> None:
        size = len(found[1]) + 4096
        if size <= self._room:
            self._room -= size
            self._known[key] = found

    def _read(self, kind: str, line: bytes, content: bytes) -> Answer:
        """What the process answers, or what became of it."""
        process = self._processes.pop(kind, None) or _start(kind)
        assert process.stdin and process.stdout
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(_PATIENCE, give_up)
        timer.daemon = True
        timer.start()
        kept = False
        try:
            process.stdin.write(line)
            process.stdin.write(content)
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline(_LONGEST_LINE))
            found = process.stdout.read(answer.pop("size"))
            kept = "overran" not in answer
            return answer, found
        except (OSError, ValueError):  # it hung up
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
        finally:
            timer.cancel()
            if kept:
                self._processes[kind] = process
            else:
                _end(process)
        return _became(process.returncode, late=late.is_set()), b""

    def close(self) -> None:
        """End what was started."""
        while self._processes:
            _end(self._processes.popitem()[1])

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _became(status: int, *, late: bool) -> dict[str, Any]:
    """What the end of a process says about the file that it was reading."""
    if (status == -signal.SIGPROF) if _TIMED else late:
        return {"overran": f"takes more than {SECONDS} s to read"}
    if late:
        return {"lost": f"did not answer within {_PATIENCE:g} s"}
    return {"lost": f"ended with status {status}"}


def _start(kind: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _code(kind)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if "GRADER_DEBUG" in os.environ else subprocess.DEVNULL,
            cwd="/" if os.name == "posix" else None,
        )
    except OSError as error:
        raise Fault(f"no process that reads files could be started: {error}") from error


def _code(kind: str) -> str:
    """What the process runs: this very package, without what importing all of it would load.

    Isolated Python looks for nothing where it is started and where the environment says, so it is
    told where the packages are that this process has.
    """
    specs = map(importlib.util.find_spec, ("msgspec", "nbformat"))
    folders = {str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin}
    return (
        "import sys\n"
        f"sys.path += [folder for folder in {sorted(folders)!r} if folder not in sys.path]\n"
        f"{this_package()}"
        f"from grader.intake.reader_process import main\nmain({kind!r}, {os.getpid()})"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process; there is nothing in it to be lost."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with contextlib.suppress(OSError):
            pipe.close()
