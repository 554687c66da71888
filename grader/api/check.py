"""Grading one submission from Python: a file, a text, or a class or function of a notebook."""

from __future__ import annotations

import operator
import os
from pathlib import Path
from types import FunctionType
from typing import Literal

from grader.api import warm_judges
from grader.api.problems import load_problem
from grader.api.report import Report
from grader.errors import UsageError
from grader.model.problem import Library, Problem
from grader.model.submission import Submission, read_submission, submission_from

SEEDS = 2**32


def check(
    problem: str | os.PathLike[str] | Problem,
    submission: str | os.PathLike[str] | type | FunctionType,
    *,
    seed: int | Literal["random"] | None = None,
    only: str | None = None,
) -> Report:
    """Grade a submission, and return the report.

    The submission runs in a process that is kept from the files and the network of this machine,
    and is judged in another; nothing of this process is changed by it.

    Args:
        problem: As in :func:`grader.load_problem`, or what that has returned.
        submission: A file (``.py`` or ``.ipynb``); or the text of one, which is told from a path
            by its line breaks; or a class or a function: graded is its source, with what it needs
            from its file, or from the cells of the notebook.
        seed: Decides the generated examples; the problem's own by default, ``"random"`` draws one.
        only: A group of checks, such as ``"forward"``; the others are left out.

    Raises:
        UsageError: There is no such problem, file or group, or no source of the class or function.
        ProblemError: The problem package is broken.
        Fault: The grader or the machine failed.
    """
    if isinstance(problem, Problem):  # its files may have been edited since
        chosen = Library(problem.library).load(problem.slug)
    else:
        chosen = load_problem(problem)
    handed_in = _submission(chosen, submission)
    report = warm_judges.grade(chosen, handed_in, seed=seed_of(seed), only=only)
    return Report.of(report, handed_in.text)


def _submission(
    problem: Problem, given: str | os.PathLike[str] | type | FunctionType
) -> Submission:
    if isinstance(given, type | FunctionType):
        from grader.api.class_source import submission_of_definition

        return submission_of_definition(problem, given)
    if isinstance(given, str) and ("\n" in given or "\r" in given):
        return submission_of_text(problem, given)
    if isinstance(given, (str, os.PathLike)):
        return read_submission(Path(given))
    raise UsageError(
        "a submission is a path, the text of a file, a class or a function, and not"
        f" {type(given).__name__}"
    )


def submission_of_text(problem: Problem, text: str) -> Submission:
    """Return a text as a file by the problem's name."""
    name = f"{problem.slug.replace('-', '_')}.py"
    return submission_from(name, text.encode("utf-8", "surrogatepass"))


def seed_of(given: int | Literal["random"] | None) -> int | None:
    """Return a seed that was given as a number, or drawn; None for that of the problem.

    Raises:
        UsageError: It is neither.
    """
    if given is None:
        return None
    if given == "random":
        from grader.grading.secret_seeds import drawn

        return drawn()
    try:
        seed = operator.index(given)
    except TypeError:
        seed = -1
    if not 0 <= seed < SEEDS:
        raise UsageError(f"{given!r} is neither a seed below 2**32 nor 'random'")
    return seed
