"""What grades a stream of submissions, here or on other machines, and what all such share."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import grader
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission

Items = Iterable[tuple[Hashable, Submission]]
CHANGED = "was changed while it was being graded with; start again"
Graded = Generator[tuple[Hashable, Report], None, None]


class Engine(Protocol):
    """Grades submissions: ``grade_stream`` of :mod:`grader.grading.pool`, or of the cluster."""

    def __call__(
        self, problem: Problem, items: Items, *, seed: int | None = None, isolated: bool = False
    ) -> Graded:
        """Yield ``(key, report)`` in the order of completion; closing it ends all that it started.

        The reports are those of :func:`.in_process.grade_all`. What cannot be graded however
        often it is tried gets a report with the status ``fault`` that says what happened.

        Args:
            items: Pairs of a key, for the caller, and a submission. Taken only when there is room
                for them, so memory does not depend on how many there are.
            seed: Decides the generated examples; the problem's own by default.
            isolated: Refuse to grade on a machine where something is open to submissions.

        Raises:
            ProblemError: The problem package is broken, or was changed meanwhile.
            Fault: Nothing can be graded with what there is.
        """


@dataclass(slots=True, eq=False)
class Task:
    """A submission on its way.

    Attributes:
        failures: What happened at each attempt that failed: "the judge ended with exit code 3".
    """

    key: Hashable
    submission: Submission
    failures: list[str] = field(default_factory=list)


def fault_report(problem: Problem, task: Task, *, seed: int | None, only: str | None) -> Report:
    """The report of a submission that could not be graded: no marks are lost, none are given."""
    ways = "; ".join(dict.fromkeys(task.failures))
    return Report(
        problem=problem.slug,
        problem_digest=problem.digest,
        submission_name=task.submission.name,
        submission_sha256=task.submission.sha256,
        status="fault",
        score=0.0,
        max_score=sum(g.points for g in problem.settings.groups if only in (None, g.id)),
        checks=(),
        message=f"This could not be graded (attempts: {len(task.failures)}): {ways}. That is no"
        " fault of the submission.",
        seed=problem.settings.seed if seed is None else seed,
        versions={"grader": grader.__version__},
    )
