"""Judges that wait for the next call, each a process of its own.

A judge takes a second to start and milliseconds to grade. The last ones are kept, and end when
nobody has asked them for a while, when this process ends, for whatever reason, and when a call is
interrupted. Calls may come from several threads: each has a judge to itself. A process that this
one forks has none of them.
"""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Hashable

from grader.errors import Fault
from grader.grading.pool import Judges
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission

KEPT = 2
IDLE_SECONDS = 300.0
"""How long a judge waits; on a server of notebooks there may be one for every student."""

_waiting: list[tuple[Hashable, Judges]] = []  # lists need no lock for what is done to this one


def grade(
    problem: Problem, submission: Submission, *, seed: int | None, only: str | None
) -> Report:
    """Grade one submission with a judge that is warm, if there is one.

    Raises:
        ProblemError: The problem package is broken.
        UsageError: There is no such group.
        Fault: The grader or the machine failed.
    """
    key = (problem.library, problem.slug, problem.digest, seed, only)
    with contextlib.ExitStack() as ends:
        judges = _take(key) or Judges(problem, 1, seed=seed, only=only, idle_seconds=IDLE_SECONDS)
        ends.enter_context(judges)
        ((_, report),) = judges.grade([(submission.name, submission)], 1)
        if report.status == "fault":
            raise Fault(report.message)
        ends.pop_all()
    _waiting.append((key, judges))
    _end_all_but(KEPT)
    return report


def _take(key: Hashable) -> Judges | None:
    for pair in reversed(_waiting.copy()):
        if pair[0] == key:
            with contextlib.suppress(ValueError):  # another thread has just taken it
                _waiting.remove(pair)
                return pair[1]
    return None


def _end_all_but(kept: int) -> None:
    """End those that have waited longest."""
    while len(_waiting) > kept:
        with contextlib.suppress(IndexError), _waiting.pop(0)[1]:
            pass


atexit.register(_end_all_but, 0)
