"""Which lines ran in a failing example: seen by following its last call once more."""

from __future__ import annotations

from typing import Any

import pytest

from grader.grading.in_process import grade_all
from grader.judge import trace_lines
from grader.model.problem import Problem
from grader.model.report import CheckResult, Report
from grader.model.submission import submission_from
from grader.remote.student import Student

START = """\
import sys
import numpy as np

class Dense:
    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape, self.trainable = n_units, input_shape, True

    def initialize(self, optimizer):
        self.W = np.zeros((self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))

    def forward_pass(self, X, training=True):
"""
BODIES = {
    "branches": """
        if X.shape == self.W.shape and not training:  # ran
            return X
        product = self.helper(X)  # ran
        return product  # ran

    def helper(self, X):
        return [  # ran
            x for x in X  # ran
        ]
""",
    "raises": """
        a = X.T  # ran
        raise ValueError(a)  # ran
        return a
""",
    "long": """
        total = 0
        for i in range(30_000):
            total += i
        return total
""",
    "prints": """
        print("here")  # ran
        return 0  # ran
""",
    "hides": """
        sys.settrace(None)  # ran
        return 0
""",
}


def grade(dense: Problem, *bodies: str) -> list[CheckResult]:
    """The first failing check of forward_pass, for each body of it."""
    submissions = [submission_from("dense.py", (START + body).encode()) for body in bodies]
    reports: list[Report] = []
    grade_all(dense, submissions, reports.append, only="forward")
    return [next(c for c in report.checks if c.id == "test_forward") for report in reports]


def test_the_lines_that_ran(dense: Problem) -> None:
    """Those marked above, for values and exceptions; none where it would take too long."""
    found = dict(zip(BODIES, grade(dense, *BODIES.values()), strict=True))
    for name, body in BODIES.items():
        ran = [n for n, line in enumerate((START + body).split("\n"), 1) if line.endswith("# ran")]
        lines = found[name].evidence.get("lines", [])
        if name == "branches":  # whether a comprehension's line counts once more differs
            assert set(ran) >= set(lines) >= set(ran[:-1])
        else:
            assert lines == ran, name


def test_following_changes_nothing_else(dense: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report is the same without it, but for the lines."""

    def told(check: CheckResult) -> dict[str, Any]:
        evidence = {key: value for key, value in check.evidence.items() if key != "lines"}
        return {"status": check.status, "output": check.output, "evidence": evidence}

    with_lines = [told(check) for check in grade(dense, *BODIES.values())]
    monkeypatch.setattr(trace_lines, "_followed", lambda outcome, student: None)
    assert [told(check) for check in grade(dense, *BODIES.values())] == with_lines


def test_what_a_worker_says_is_not_believed(
    dense: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only numbers of lines that there are come into a report."""

    class Answer:
        value: Any = ["x", True, -1, 0, 3, 3, 2, 10**9, None, 2.0, [4]]  # noqa: RUF012

    monkeypatch.setattr(Student, "lines_of", lambda *arguments: Answer)
    (check,) = grade(dense, BODIES["raises"])
    assert check.evidence["lines"] == [2, 3]
    Answer.value = "not a list"
    (check,) = grade(dense, BODIES["raises"])
    assert "lines" not in check.evidence
