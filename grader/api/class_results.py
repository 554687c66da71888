"""Grading a class from Python: everybody in a folder or an archive, as ``grader grade`` does it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from grader.api.check import seed_of
from grader.api.problems import load_problem
from grader.api.report import Report
from grader.errors import Fault, UsageError
from grader.grading.pool import grade_stream, processors
from grader.intake.collect import collect
from grader.model.problem import Problem
from grader.model.safe_text import number
from grader.model.submission import Submission
from grader.results import class_run
from grader.results.gradebook import NAME, Assignment, write_gradebook
from grader.results.progress import progress
from grader.results.schema import Round, Row
from grader.results.store import Store


@dataclass(frozen=True, slots=True)
class Student:
    """A student of a class that was graded.

    Attributes:
        name: As it was found: of the file, the folder or the platform.
        file: What was handed in.
        score, max_score: The mark; ``score`` is None if there is none, through no fault of theirs.
        report: None if it could not even be read.
    """

    name: str
    file: str
    score: float | None
    max_score: float
    report: Report | None


class ClassResults:
    """The students of a class, each with the report; read from the results as they are iterated.

    Attributes:
        folder: Where the results are: ``results.sqlite`` and ``gradebook.csv``.
        seed: What the examples were made of.
        left_out: Names of what was not graded, or is missing, with the reason.
    """

    def __init__(self, folder: Path, store: Store, finished: Round) -> None:
        self.folder = folder
        self.seed = finished.seed
        self.left_out = dict(store.left_out())
        self._round = finished
        scores = [row.score if _has_mark(row) else None for row in store.rows(finished)]
        marks = [score for score in scores if score is not None]
        self._count = len(scores)
        self._described = f"{len(scores)} students, {len(marks)} graded"
        if marks:
            self._described += f", mean {number(sum(marks) / len(marks))}"

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Student]:
        with Store(self.folder) as store:
            for row in store.rows(self._round):
                yield _student(store, row)

    def __getitem__(self, name: str) -> Student:
        with Store(self.folder) as store:
            for row in store.rows(self._round):
                if row.student == name:
                    return _student(store, row)
        raise KeyError(name)

    def __repr__(self) -> str:
        return f"<ClassResults {self.folder}: {self._described}>"


def _has_mark(row: Row) -> bool:
    return row.status not in (None, "fault")


def _student(store: Store, row: Row) -> Student:
    report = None
    if row.result is not None:
        text = Submission(row.file, store.source(row.submission)).text
        report = Report.of(store.report(row.result).named(row.file), text)
    score = row.score if _has_mark(row) else None
    return Student(row.student, row.file, score, row.max_score, report)


def grade_class(
    problem: str | os.PathLike[str] | Problem,
    source: str | os.PathLike[str],
    results: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    seed: int | Literal["random"] | None = None,
    name: str | None = None,
    roster: str | os.PathLike[str] | None = None,
    csv: Literal["plain", "canvas", "moodle"] = "plain",
    regrade: bool = False,
    allow_unisolated: bool = False,
    quiet: bool = True,
) -> ClassResults:
    """Grade a class, or go on where an earlier call was interrupted.

    Args:
        problem: As in :func:`grader.load_problem`, or what that has returned.
        source: A folder or an archive; docs/grading-a-class.md lists the forms.
        results: The folder for the results, which is made if need be.
        jobs: How many judges work side by side; by default one per core.
        seed: Of the examples; by default that of the round before, at first a random one.
        name: The file to take where a student has several.
        roster: A CSV file with the students; says who is missing.
        csv: The platform that ``gradebook.csv`` is for.
        regrade: Grade everybody again.
        allow_unisolated: Grade even where something of this machine is open to submissions.
        quiet: Show no progress on standard error.

    Raises:
        UsageError: An argument cannot be used.
        ProblemError: The problem package is broken.
        Fault: The grader or the machine failed.
    """
    chosen = problem if isinstance(problem, Problem) else load_problem(problem)
    out, found = Path(results), Path(source)
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs={jobs}: at least one judge is needed")
    if out.resolve() == found.resolve():
        raise UsageError(f"{out}: holds the submissions; name another folder for the results")
    listed = Path(roster) if roster is not None else None
    with (
        collect(found, problem=chosen, name=name, roster=listed) as intake,
        Store(out, create=True) as store,
    ):
        with progress(quiet=quiet) as told:
            finished = class_run.grade_class(
                chosen,
                intake,
                store,
                told,
                engine=partial(grade_stream, jobs=jobs or processors()),
                seed=seed_of(seed) if seed != "random" else seed,
                regrade=regrade,
                allow_unisolated=allow_unisolated,
            )
        points = sum(group.points for group in chosen.settings.groups)
        assignment = Assignment(chosen.settings.title, points)
        try:
            write_gradebook(out / NAME, store.rows(finished), assignment, csv)
        except OSError as error:
            what = f"cannot be written ({error.strerror}); all marks are kept in {store.path}"
            raise Fault(f"{error.filename or out}: {what}") from None
        return ClassResults(out, store, finished)
