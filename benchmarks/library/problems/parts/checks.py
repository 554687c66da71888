"""Checks that measure the machinery around a check, inside a real session of the judge."""

# mypy: disable-error-code="untyped-decorator"
# (what `check` makes of a test is pytest's own affair, and pytest does not type it)

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from grader.checks import Student, check


def note_median(student: Student, name: str, times: int, action: Callable[[], object]) -> None:
    """Leave the median duration of an action, in seconds, as a note of the report."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        durations.append(time.perf_counter() - started)
    student.note(f"{name} {statistics.median(durations)}")


@check("nothing", "A pytest item without a body")
@pytest.mark.parametrize("number", range(200))
def test_nothing(number: int) -> None:
    """Its duration is pytest's and the session's."""


@check("machinery", "One call over the channel, with a small array there and back")
def test_round_trip(student: Student) -> None:
    """The worker and the object are there already."""
    echo, values = student.Echo(), np.ones((2, 3))
    echo.same(values)
    note_median(student, "round_trip", 300, lambda: echo.same(values))


@check("machinery", "A new worker that has loaded the file")
def test_spawn_and_load(student: Student) -> None:
    """The worker before it is ended as well."""
    note_median(student, "spawn_and_load", 30, student.load)
