"""Grading, top to bottom: a problem and submissions in, reports out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from grader.errors import Unisolated
from grader.model.problem import Problem
from grader.model.submission import Submission
from grader.sandbox.launch import Workers, start_workers

if TYPE_CHECKING:
    from grader.judge.outcomes import Trial
    from grader.model.report import Report


def grade_all(
    problem: Problem,
    submissions: Iterable[Submission],
    sink: Callable[[Report], None],
    *,
    seed: int | None = None,
    only: str | None = None,
    isolated: bool = False,
    workers: Workers | None = None,
    order: Callable[[list[Any]], Iterable[Any]] = list,
    brief: bool = False,
) -> None:
    """Grade submissions one after the other in one warm judge.

    Args:
        problem: What they are solutions of.
        submissions: Taken one at a time; may wait for work.
        sink: Given each report as soon as it is made.
        seed: Decides the generated examples; the problem's own by default.
        only: A group of checks; the others are left out, and so are their points.
        isolated: Refuse if something on this machine is open to submissions.
        workers: Where untrusted processes come from; by default they are started here. Starting
            them before anything else is imported hides half of the start-up time.
        order: Puts the checks in the order in which they are run. It must not matter.
        brief: Find out what fails, and nothing about it.

    Raises:
        ProblemError: The problem package is broken.
        UsageError: There is no such group.
        Fault: The grader or the machine failed.
        Unisolated: Something is open; no submission has been taken.
    """
    workers = workers or start_workers(problem.private_paths)
    try:
        from grader.grading.report_size import fitted
        from grader.judge import make_report, session

        opened = [area for area, refused in workers.isolation.items() if not refused]
        if isolated and opened:
            raise Unisolated(opened)
        chosen = problem.settings.seed if seed is None else seed

        def finish(trial: Trial) -> None:
            report = make_report.make_report(
                problem, trial, seed=chosen, isolation=workers.isolation, only=only
            )
            sink(fitted(report))

        session.run(
            problem,
            submissions,
            finish,
            workers=workers,
            seed=chosen,
            only=only,
            order=order,
            brief=brief,
        )
    finally:
        workers.close()


def grade(
    problem: Problem,
    submission: Submission,
    *,
    seed: int | None = None,
    only: str | None = None,
    isolated: bool = False,
) -> Report:
    """Grade one submission. Raises as :func:`grade_all` does."""
    reports: list[Report] = []
    grade_all(problem, [submission], reports.append, seed=seed, only=only, isolated=isolated)
    return reports[0]
