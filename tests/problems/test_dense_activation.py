"""The problem `dense-activation`: its example, its samples, and what tells it from `dense`."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from grader.grading.in_process import grade_all
from grader.judge.loading import load_reference
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.sample_header import read_declaration
from grader.model.submission import read_submission

LIBRARY = Library.find(Path(__file__).resolve().parents[2])
PROBLEM = LIBRARY.load("dense-activation")


def test_the_worked_example_prints_what_the_statement_says() -> None:
    """The statement's code, run below the reference."""
    statement = PROBLEM.statement
    code = re.search(r"```python\n(.*?)```", statement, re.DOTALL)
    shown = re.search(r"```text\n(.*?)```", statement, re.DOTALL)
    assert code is not None
    assert shown is not None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code[1], dict(vars(load_reference(PROBLEM))))
    assert printed.getvalue() == shown[1]


def test_there_is_a_sample_for_every_group() -> None:
    """At least one loses the points of that group and of no other."""
    assert len(PROBLEM.samples("accepted")) >= 10
    declared = [read_declaration(path) for path in PROBLEM.samples("rejected")]
    alone = {group for each in declared if len(each.fails or ()) == 1 for group in each.fails or ()}
    assert alone >= {group.id for group in PROBLEM.settings.groups}
    assert sum(len(each.diagnoses or ()) > 1 for each in declared) >= 3


@pytest.mark.parametrize(
    ("slug", "sample", "other", "says"),
    [
        ("dense", "means_as_in_dense_activation", "dense-activation", "means over the batch"),
        ("dense-activation", "sums_as_in_dense", "dense", "sums over the batch"),
    ],
)
def test_a_solution_with_names_adapted_is_told_whose_convention_it_has(
    slug: str, sample: str, other: str, says: str
) -> None:
    """What is a mistake in the one problem is how the other one wants it."""
    problem = LIBRARY.load(slug)
    path = next(p for p in problem.samples("rejected") if p.stem == sample)
    reports: list[Report] = []
    grade_all(problem, [read_submission(path)], reports.append)
    first = reports[0].diagnoses[0]
    assert first.id == "other-convention"
    assert first.title.startswith(f"This looks like a solution to {other}")
    assert first.title.endswith(f": its gradients are {says}.")
