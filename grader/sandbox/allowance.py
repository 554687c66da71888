"""What one submission may cost the judge in all: time, data, calls, numbers to be computed.

What a worker sends decides how much the judge has to do: how many calls of an optimizer it repeats,
and on arrays of which shapes. All of that is counted before it is done, so that a small file cannot
ask for gigabytes or minutes outside of the limits of its own process.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox.failures import WorkerFailure

JUDGE_SECONDS = 5.0
"""Of the judge's own processor time; a submission that fails everything needs less than one."""

MAX_RECEIVED = 64 << 20
"""Bytes of all answers together, headers weighed as in a single worker: checks keep them."""

MAX_CALLS = 100_000
"""Calls of the judge's objects. One that updates each number by itself makes 45,000 or so."""

MAX_AT_ONCE = 1 << 18
"""Numbers that one call of a judge's object may compute; a layer of 500 x 500 has fewer weights."""

MAX_COMPUTED = 4_000_000
"""Numbers that all of these calls may compute; they are kept until the report is made."""

MEMORY = 200 << 20
"""Bytes that the judge may take for one submission, beyond what it has: a net below all these."""


_STOPPED = "was stopped: "


class Spent(WorkerFailure):
    """A submission has had all that it may have: nothing more is asked of it."""


class Allowance:
    """What is left of all that one submission may cost; whatever is beyond it raises Spent.

    Args:
        seconds: Wall time.

    Attributes:
        spent: What was used up, once something is; from then on everything is refused.
    """

    def __init__(self, seconds: float) -> None:
        self.spent: Spent | None = None
        self._end = time.monotonic() + seconds
        self._judge_end = time.process_time() + JUDGE_SECONDS
        self._left = {"received": MAX_RECEIVED, "calls": MAX_CALLS, "computed": MAX_COMPUTED}

    def seconds(self, most: float) -> float:
        """How long a request may take that has ``most`` seconds by itself."""
        if self.spent is not None:
            raise self.spent
        left = self._end - time.monotonic()
        if left <= 0 or time.process_time() > self._judge_end:
            self._refuse("timeout", "the time for one submission was used up")
        return min(most, left)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be asked."""
        try:
            self.seconds(0.0)
        except Spent:
            return True
        return False

    @property
    def told(self) -> str:
        """What was used up, in words."""
        return "" if self.spent is None else self.spent.reason.removeprefix(_STOPPED)

    def receive(self, size: int) -> None:
        """Count an answer of so many bytes."""
        self._take("received", size, f"it sent more than {MAX_RECEIVED >> 20} MB in all")

    def call(self) -> None:
        """Count a call of one of the judge's objects."""
        self._take("calls", 1, f"it called objects that it was given more than {MAX_CALLS:,} times")

    def compute(self, count: int) -> None:
        """Count numbers that are about to be computed or copied."""
        what = f"objects that it was given had to compute more than {MAX_COMPUTED:,} numbers in all"
        self._take("computed", count, what)

    def _take(self, what: str, count: int, told: str) -> None:
        if self.spent is not None:
            raise self.spent
        self._left[what] -= count
        if self._left[what] < 0:
            self._refuse("memory", told)

    def _refuse(self, kind: Any, told: str) -> None:
        self.spent = Spent(kind, f"{_STOPPED}{told}")
        raise self.spent


def bounded(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call an element-wise function or method of the judge's on values of a submission.

    Raises:
        ValueError: Arrays that are put together would give more than MAX_AT_ONCE numbers.
    """
    size_together(function, (*args, *kwargs.values()))
    return function(*args, **kwargs)


def size_together(function: Callable[..., Any], values: Iterable[Any]) -> int:
    """How many numbers a function makes of its arguments, and what its object remembers.

    Raises:
        ValueError: They are more than MAX_AT_ONCE.
    """
    remembered = getattr(getattr(function, "__self__", None), "__dict__", {}).values()
    shapes = [shape for value in (*values, *remembered) if (shape := _shape(value))]
    if not shapes:
        return 1
    sizes = [1] * max(map(len, shapes))
    for shape in shapes:
        for place, size in enumerate(reversed(shape)):
            sizes[place] = max(sizes[place], size)
    count = math.prod(sizes)
    if count > MAX_AT_ONCE:
        shown = " and ".join(map(str, dict.fromkeys(shapes)))[:200]
        raise ValueError(f"arrays of shapes {shown} are too large to be put together")
    return count


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list | tuple):
        try:
            return np.shape(value)
        except ValueError:  # rows of different lengths, which no function takes
            return ()
    return value.shape if isinstance(value, np.ndarray) else ()


def numbers_in(value: Any) -> int:
    """How many numbers are in the arrays of a value, as far as lists and dictionaries hold them."""
    if isinstance(value, np.ndarray):
        return value.size
    inner = value.values() if isinstance(value, dict) else value
    return sum(map(numbers_in, inner)) if isinstance(value, dict | list | tuple) else 0


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    """In the block, let this process take no more than MEMORY in addition (Linux).

    What is beyond raises MemoryError where it is asked for, and costs the check that asks, not the
    machine. The limit is that of ``RLIMIT_DATA``, which counts what is reserved and not yet used.
    """
    reserved = _reserved()
    if reserved is None:
        yield
        return
    import resource  # not on every system

    before = resource.getrlimit(resource.RLIMIT_DATA)
    lower = min(limit for limit in (reserved + MEMORY, *before) if limit >= 0)
    resource.setrlimit(resource.RLIMIT_DATA, (lower, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _reserved() -> int | None:
    """What RLIMIT_DATA counts now: VmData of proc_pid_status(5)."""
    if sys.platform != "linux":
        return None
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))
    except (OSError, StopIteration, ValueError):
        return None
