"""Grading one submission where a platform has put it, and answering where it looks.

Each file has a seed of its own, made of the assignment's secret: see
:mod:`grader.grading.secret_seeds`.

There is an answer whatever happens. What is no fault of the submission becomes a report of a fault,
and is raised once that has been written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

import grader
from grader.documents.reader import Reader
from grader.errors import Fault, GraderError
from grader.grading.in_process import grade
from grader.grading.secret_seeds import on_site
from grader.intake.choose_file import Wanted
from grader.intake.read import read
from grader.intake.sources.ignored import without_junk
from grader.intake.sources.trees import Folder, Unreadable
from grader.intake.student_files import Handed, piece
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission, unusable
from grader.reporters import Page, reporter


@dataclass(frozen=True, slots=True)
class Site:
    """Where a platform puts things and looks for things.

    Attributes:
        root: All of it is below this folder.
        submission: The folder with what the student handed in.
        results: The file to be written.
        form: Its format, a key of :data:`grader.reporters.FORMATS`.
    """

    root: Path
    submission: str
    results: str
    form: str


SITES = {
    "gradescope": Site(Path("/autograder"), "submission", "results/results.json", "gradescope"),
    "prairielearn": Site(Path("/grade"), "student", "results/results.json", "prairielearn"),
}


def grade_on_site(
    load: Callable[[], Problem], slug: str, site: Site, *, allow_unisolated: bool = False
) -> Report:
    """Grade what a student handed in, and write the results.

    Args:
        load: Gives the problem, or raises.
        slug: What the problem is called, also where it cannot be loaded.
        site: Where things are.
        allow_unisolated: Grade even where something is open to the submission.

    Raises:
        GraderError: It could not be graded, or the results could not be written.
    """

    def make() -> Report:
        problem = load()
        submission = handed_in(site.root / site.submission, problem)
        seed = on_site(submission.source)
        return grade(problem, submission, seed=seed, isolated=not allow_unisolated)

    report, error = or_fault(make, slug)
    _write(site.root / site.results, reporter(site.form).render(report, Page()))
    if error is not None:
        raise error
    return report


def or_fault(make: Callable[[], Report], slug: str) -> tuple[Report, GraderError | None]:
    """Return what ``make`` returns, or a report of what it raised, with the error."""
    try:
        return make(), None
    except GraderError as error:
        return _fault(slug), error
    except Exception as error:  # a report is owed whatever it is
        fault = Fault(f"internal error: {type(error).__name__}: {error}")
        fault.__cause__ = error
        return _fault(slug), fault


def handed_in(folder: Path, problem: Problem) -> Submission:
    """Return the submission among what a student handed in, with notes on the choice.

    Raises:
        UsageError: There is no such folder, or an old notebook is there and nbformat is not.
        Fault: A file cannot be read.
    """
    tree = Folder(folder)
    handed = Handed("", pieces=[piece(one.parts[-1], one) for one in without_junk(tree.files)])
    if not handed.pieces:
        return unusable("nothing", "no file was handed in")
    wanted = Wanted(problem.slug.replace("-", "_"), problem.settings.entry)
    try:
        with Reader() as reader:
            chosen = read(handed, tree, wanted, reader)
    except Unreadable as error:
        raise Fault(f"the submission cannot be read: {error}") from None
    return replace(chosen.submission, notes=(*chosen.notes, *chosen.submission.notes))


def _fault(slug: str) -> Report:
    """A report without a mark. Students read it, so it does not say what is wrong with whom."""
    return Report(
        problem=slug,
        problem_digest="",
        submission_name="",
        submission_sha256="",
        status="fault",
        score=0.0,
        max_score=0.0,
        checks=(),
        message="This could not be graded, through no fault of the submission. Please tell the"
        " course staff; the log of this run says more.",
        versions={"grader": grader.__version__},
    )


def _write(path: Path, text: str) -> None:
    """Write a file such that whoever reads it finds all of it, or what was there before."""
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise Fault(f"{path}: cannot be written ({error.strerror})") from None
