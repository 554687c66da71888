"""How a run goes on, for people: a bar in a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from grader.model.report import Report
from grader.results.schema import Row

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

BINS = 10
_SECONDS_BETWEEN_LINES = 10.0


class Tally:
    """Counts students; the common part of all that shows progress. Shows nothing itself.

    Attributes:
        total, done, faults: Students: all, with a result, and among these with a fault.
        bins: How many have so many tenths of the marks; full marks count as the last one.
    """

    def __init__(self) -> None:
        self.total = self.done = self.faults = 0
        self.bins = [0] * BINS

    def __enter__(self) -> Tally:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take away what is on the screen."""

    def begin(self, rows: Iterator[Row]) -> None:
        """Count the class, and what was graded in earlier runs."""
        for row in rows:
            self.total += 1
            if row.status not in (None, "fault"):
                self._count(row.status, row.score, row.max_score, 1)

    def graded(self, report: Report, students: int) -> None:
        """Count a new result."""
        self._count(report.status, report.score, report.max_score, students)

    def _count(self, status: str | None, score: float, max_score: float, students: int) -> None:
        self.done += students
        if status == "fault":
            self.faults += students
        else:
            self.bins[bin_of(score, max_score)] += students


def bin_of(score: float, max_score: float) -> int:
    """Which of :data:`BINS` equal parts of the marks a score lies in."""
    return min(int(BINS * score / max_score), BINS - 1) if max_score else 0


def sparkline(bins: list[int]) -> str:
    """A distribution in one line: ``▁▁▂▁▃▁▁▂▁█``."""
    most = max([*bins, 1])
    return "".join(" " if not n else "▁▂▃▄▅▆▇█"[max(0, round(8 * n / most) - 1)] for n in bins)


class Lines(Tally):
    """A line now and then on standard error, where there is no terminal."""

    def begin(self, rows: Iterator[Row]) -> None:
        """Say how much there is to do."""
        super().begin(rows)
        self._started = self._told = time.monotonic()
        self._before = self.done
        if self.done < self.total:
            known = f", {self.done} of them already graded" if self.done else ""
            self._say(f"{self.total} submissions{known}")

    def graded(self, report: Report, students: int) -> None:
        """Say how far it is, every few seconds and at the end."""
        super().graded(report, students)
        now = time.monotonic()
        if now - self._told < _SECONDS_BETWEEN_LINES and self.done < self.total:
            return
        self._told = now
        rate = (self.done - self._before) / max(now - self._started, 1e-9)
        faults = f", {self.faults} faults" if self.faults else ""
        left = (
            f", {_duration((self.total - self.done) / rate)} left" if self.done < self.total else ""
        )
        self._say(f"{self.done} of {self.total} graded, {rate:.1f} a second{left}{faults}")

    def _say(self, text: str) -> None:
        print(f"grader: {text}", file=sys.stderr, flush=True)


class Live(Tally):
    """A bar with the rate, the time left and the distribution of scores, in a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = _bar()

    def __enter__(self) -> Live:
        return self

    def begin(self, rows: Iterator[Row]) -> None:
        """Draw the bar if there is anything to wait for."""
        super().begin(rows)
        self._before, self._started = self.done, time.monotonic()
        if self.done < self.total:
            self._task = self._bar.add_task(
                "", total=self.total, completed=self.done, rate="", scores=sparkline(self.bins)
            )
            self._bar.start()

    def graded(self, report: Report, students: int) -> None:
        """Move the bar."""
        super().graded(report, students)
        rate = (self.done - self._before) / max(time.monotonic() - self._started, 1e-9)
        self._bar.update(
            self._task, completed=self.done, rate=f"{rate:.1f}/s", scores=sparkline(self.bins)
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop drawing."""
        self._bar.stop()


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("0%│{task.fields[scores]}│100%", markup=False),
        console=Console(stderr=True),
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def progress(*, quiet: bool) -> Tally:
    """What suits standard error; use it as a context manager."""
    if quiet:
        return Tally()
    return Live() if sys.stderr.isatty() else Lines()
