"""Whether anything that has full marks differs from the reference in what can be looked at.

Checks forgive what is another group's matter, and compare within tolerances of their own. So what
passes all of them (samples that are right, mutants that nothing kills, and two mutants together,
which might hide each other) is looked at once more, with every aspect and without any checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.authoring.mutation import mutants, mutated
from grader.judge import session
from grader.model.problem import Problem
from grader.model.submission import Submission, submission_from
from grader.sandbox.launch import start_workers

PAIRS = 24
"""Of mutants, two each in one file, that are tried."""


def pairs(source: str, count: int = PAIRS) -> Iterator[tuple[str, str]]:
    """Yield two mutants of a source at a time, in words, and the source that has both.

    Half of them are neighbours, which may cancel out; half are far from each other.

    Args:
        count: How many, nearly: where one mutant takes the other's place away, there is no pair.
    """
    singles = mutants(source)
    total = len(singles)
    for number in range(0, total, max(1, 2 * total // count)):
        for other in ((number + 1) % total, (number + total // 2) % total):
            first, second = singles[number], singles[other]
            both = mutated(first.source, second.key)
            if both is not None:
                words = f"{first.scope}: {first.change}, and {second.scope}: {second.change}"
                yield words, both


def differences(problem: Problem, submissions: Sequence[Submission]) -> list[list[str]]:
    """Return for each submission in what it differs from the reference although it passes all.

    Nothing where it does not differ, or does not pass.
    """
    found: list[list[str]] = []
    workers = start_workers(problem.private_paths)

    try:
        session.run(
            problem,
            submissions,
            lambda trial: found.append(trial.differences),
            workers=workers,
            seed=problem.settings.seed,
            differences=True,
        )
    finally:
        workers.close()
    return found


def both_in(problem: Problem) -> list[tuple[str, Submission]]:
    """Two mutants of the reference at a time, in words and as a submission."""
    source = problem.reference_path.read_text("utf-8")
    return [
        (words, submission_from("submission.py", text.encode())) for words, text in pairs(source)
    ]
