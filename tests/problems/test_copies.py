"""The made class of the benchmarks: distinct programs with the marks of their models."""

from __future__ import annotations

import itertools

from benchmarks.copies import copies
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import read_submission, submission_from


def test_copies_differ_and_get_the_marks_of_what_they_copy(dense: Problem) -> None:
    """No two are equal, a third is right, and nothing that is done to them changes a mark."""
    made = list(itertools.islice(copies(dense, 1 / 3), 12))
    assert len({source for _, source in made}) == 12
    assert sum(sample.parent.name == "accepted" for sample, _ in made) == 4
    reports: list[Report] = []
    originals = [read_submission(sample) for sample, _ in made]
    altered = [submission_from("dense.py", source) for _, source in made]
    grade_all(dense, [*originals, *altered], reports.append)
    marks = [(report.status, report.score) for report in reports]
    assert marks[:12] == marks[12:]
