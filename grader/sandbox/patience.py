"""A deadline for a process that may have to wait for a processor."""

from __future__ import annotations

import time
from pathlib import Path


class Patience:
    """A deadline in wall time that moves on while the process waits for a processor.

    On a busy machine a request gets the processor time that it was promised, and no student is
    told that correct code is too slow. The kernel adds up for how long a process that could run has
    not been running; one that sleeps, or computes, gains nothing.

    Args:
        seconds: Wall time that the process has for itself.
        pid: The process; None where it is not known, and then only wall time counts.
        most: Wall time after which it ends in any case.
    """

    MOST_TIMES = 10
    """The longest wait, in times of what the process has for itself."""
    _SOON = 0.02
    """Most answers have come by then, and nothing needs to be known about the process."""

    def __init__(self, seconds: float, pid: int | None = None, most: float | None = None) -> None:
        self._pid = pid
        self._start = time.monotonic()
        self._seconds = seconds
        self._most = self.MOST_TIMES * seconds if most is None else most
        self._before: float | None = None
        self._granted = 0.0

    def left(self) -> float:
        """Seconds until the end, or until it is worth asking again; TimeoutError without any."""
        gone = time.monotonic() - self._start
        if gone < min(self._SOON, self._seconds):
            return min(self._SOON, self._seconds) - gone
        if self._before is None:
            self._before = self._waited()
        end = min(self._seconds + self._granted, self._most)
        if gone >= end:
            self._granted = self._waited() - self._before
            end = min(self._seconds + self._granted, self._most)
        if gone >= end:
            raise TimeoutError
        return end - gone

    def _waited(self) -> float:
        """For how long the process has waited for a processor: see proc_pid_schedstat(5)."""
        try:
            return int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0
