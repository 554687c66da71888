"""What a worker prints, read as it comes, cut, and searched for a stack dump."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import threading
import time

from grader.sandbox.hidden_paths import nameless

_READ_SIZE = 1 << 16


class Output:
    """Collects what a worker prints, up to a limit; the rest is read and dropped."""

    _FRAME = re.compile(rb'File "(?!<)[^"\n/]*\.py", line (\d+) in (.+)')
    _LAST_FRAME = re.compile(rb'File "<string>"|^  \.\.\.$', re.MULTILINE)
    _STACK = b" (most recent call first):"
    _THREAD, _ALONE = b"Current thread 0x", b"Stack"
    _FATAL = b"Fatal Python error: "

    def __init__(self, descriptor: int, limit: int) -> None:
        self.descriptor = descriptor
        self.pollable = sys.platform != "win32"
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0
        self._tail = bytearray()
        self._watching = False
        if self.pollable:
            os.set_blocking(descriptor, False)
        else:  # pragma: no cover (Windows has no select for pipes)
            threading.Thread(target=self._drain_blocking, daemon=True).start()

    def drain(self) -> None:
        """Read what is there now."""
        while self.pollable and self.descriptor >= 0:
            try:
                data = os.read(self.descriptor, _READ_SIZE)
            except BlockingIOError:
                return
            if not data:
                self.pollable = False
                return
            self._add(data)

    def _drain_blocking(self) -> None:  # pragma: no cover (Windows)
        with contextlib.suppress(OSError):
            while data := os.read(self.descriptor, _READ_SIZE):
                self._add(data)

    def _add(self, data: bytes) -> None:
        if self._watching:
            self._tail = (self._tail + data)[-_READ_SIZE:]
            return
        room = max(0, self._limit - len(self._kept))
        self._kept += data[:room]
        self._dropped += len(data) - len(data[:room])

    @property
    def text(self) -> str:
        """What was kept since the last :meth:`take`, as text, and how much was not."""
        text = nameless(self._kept.decode("utf-8", "replace"))
        if self._dropped:
            text += f"\n[... {self._dropped:,} more bytes were printed and are not shown]"
        return text

    def take(self) -> str:
        """Return :attr:`text`, and begin anew."""
        text = self.text
        self._kept.clear()
        self._dropped = 0
        return text

    def read_dump(self, deadline: float) -> tuple[int, str, int] | None:
        """Watch for a stack dump until ``deadline``; return what :meth:`_place` finds in it."""
        self._watching = True
        while self.pollable and (left := deadline - time.monotonic()) > 0:
            if not select.select([self.descriptor], [], [], left)[0]:
                break
            self.drain()
            if self._LAST_FRAME.search(self._tail):
                break
        return self._place(self._tail)

    def cut_crash(self) -> tuple[int, str, int] | None:
        """Take the stack dump of a crash off the end of what was kept; return its place."""
        start = self._start_of_dump()
        if start is None:
            return None
        dump = self._kept[start:]
        del self._kept[start:]
        return self._place(dump)

    def _start_of_dump(self) -> int | None:
        """Where the last stack dump begins, with the line that says why it was made.

        Looked for from its end, in single steps: what a student printed may be made to send a
        pattern back and forth.
        """
        kept = self._kept
        stack = kept.rfind(self._STACK)
        if stack < 0:
            return None
        start = kept.rfind(self._THREAD, kept.rfind(b"\n", 0, stack) + 1, stack)
        if kept[:stack].endswith(self._ALONE):
            start = stack - len(self._ALONE)
        if start < 0:
            return None
        above = len(kept[:start].rstrip())
        fatal = kept.find(self._FATAL, kept.rfind(b"\n", 0, above) + 1, above)
        return fatal if fatal >= 0 and above < start else start

    def _place(self, dump: bytes | bytearray) -> tuple[int, str, int] | None:
        """Where a dump was in the student's file.

        Returns:
            The innermost line, and of the outermost frame the function and the line.
        """
        frames = self._FRAME.findall(dump.rpartition(b"(most recent call first)")[2])
        if not frames:
            return None
        (inner, _), (outer, function) = frames[0], frames[-1]
        return int(inner[:9]), function.decode("ascii", "replace"), int(outer[:9])

    def close(self) -> None:
        """Read what is left and stop."""
        if self.descriptor >= 0:
            self.drain()
            os.close(self.descriptor)
            self.descriptor = -1
            self.pollable = False
