"""What a worker says of a submission's classes and attributes is taken for no more than words."""

from __future__ import annotations

import re

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from tests.conftest import ROOT

REFERENCE = (ROOT / "reference" / "dense.py").read_text("utf-8")
FIND_SERVER = """
import sys

frame = sys._getframe()
while "self" not in frame.f_locals or not hasattr(type(frame.f_locals["self"]), "_do_attributes"):
    frame = frame.f_back
Server = type(frame.f_locals["self"])
"""


def graded(problem: Problem, source: str) -> Report:
    """The report on a file."""
    reports: list[Report] = []
    grade_all(problem, [submission_from("dense.py", source.encode())], reports.append)
    return reports[0]


@pytest.mark.parametrize(
    "answer", ["[1, 2]", "{1: np.ones(3), (1,): 2, 'w': np.ones((2, 3))}", "1 / 0", "None"]
)
def test_forged_attributes_do_not_stop_the_judge(dense: Problem, answer: str) -> None:
    """A file that answers for the worker's server is graded like others."""
    forged = f"{FIND_SERVER}Server._do_attributes = lambda self, target: {answer}\n{REFERENCE}"
    assert graded(dense, forged).score == 100


def test_a_parameter_that_is_another_thing_each_time(dense: Problem) -> None:
    """An attribute that is an array when it is looked for, and a text when it is used."""
    odd = REFERENCE.replace("self.W =", "self.A = self.B =").replace("self.W", "self.A")
    odd += """
    def __getattribute__(self, name):
        if name == "B" and vars(self).get("layer_input") is not None:
            return "no array"
        return object.__getattribute__(self, name)
"""
    report = graded(dense, odd)
    assert report.status == "failed"


def test_names_of_attributes_are_not_code_in_scripts(dense: Problem) -> None:
    """An array that is kept under a name that no program can spell is not found."""
    own = "vars(self)['W = print(1); W']"
    odd = re.sub(r"self\.W\b", own, REFERENCE)
    report = graded(dense, odd.replace("accum_grad.sum(", "2 * accum_grad.sum("))
    scripts = [check.reproduce for check in report.checks if check.reproduce]
    assert scripts
    assert not any("print(1)" in script for script in scripts)


def test_names_of_classes_are_names(dense: Problem) -> None:
    """Source of the judge's that uses a file's classes is put together of names only."""
    odd = f"{REFERENCE}\nglobals()['class'] = globals()['a b'] = type('A', (Dense,), {{}})\n"
    assert graded(dense, odd).score == 100
