"""Exercises that are written as scenarios: what follows from them, with real submissions."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.errors import ProblemError
from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.submission import submission_from

SETTINGS = """
title = "t"
summary = "s"
entry = "{}"
groups = [{}]
"""
SCALE = """
from grader.checks import Case, floats, gradient, scenario, sizes, vary


class Batch(Case):
    rows, width = sizes(1, 4), sizes(1, 3)
    X, G = floats("rows", "width"), floats("rows", "width")


@scenario(Batch)
def train(module, case):
    layer = module.Square(2.0)
    yield "forward", layer.forward(case.X)
    yield "gradient", layer.backward(case.G)


gradient("gradient", of="forward", wrt="X", upstream="G")
vary(purity="purity")
"""
SQUARE = """
import numpy as np

class Square:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, X):
        self.X = X
        return self.factor * X * X

    def backward(self, G):
        return 2 * self.factor * self.X * G
"""
MEAN = """
from grader.checks import Case, floats, scenario, sizes, vary


class Row(Case):
    n = sizes(1, 5)
    x = floats("n")


@scenario(Row)
def call(module, case):
    yield ("mean", "spread"), module.statistics(case.x)


vary()
"""
STATISTICS = """
import numpy as np

def statistics(x):
    return x.mean(), np.abs(x - x.mean()).max()
"""


def problem_of(folder: Path, checks: str, reference: str, entry: str, **groups: int) -> Problem:
    """A problem of one file of checks."""
    (folder / "problems" / "small").mkdir(parents=True)
    (folder / "reference").mkdir()
    told = ", ".join(f'{{ id = "{g}", points = {p}, title = "{g}" }}' for g, p in groups.items())
    (folder / "problems" / "small" / "problem.toml").write_text(SETTINGS.format(entry, told))
    (folder / "problems" / "small" / "checks.py").write_text(checks)
    (folder / "reference" / "small.py").write_text(reference)
    return Library(folder).load("small")


def graded(problem: Problem, *sources: str) -> list[Report]:
    """The reports of submissions."""
    reports: list[Report] = []
    given = [submission_from("mine.py", textwrap.dedent(source).encode()) for source in sources]
    grade_all(problem, given, reports.append)
    return reports


def failing(report: Report) -> set[str]:
    """The groups that lose points."""
    return {check.group for check in report.checks if check.points < check.max_points}


@pytest.fixture
def square(tmp_path: Path) -> Problem:
    """A class with two methods."""
    groups = {"forward": 50, "gradient": 40, "purity": 10}
    return problem_of(tmp_path, SCALE, SQUARE, "Square", **groups)


@pytest.fixture
def statistics(tmp_path: Path) -> Problem:
    """A function that returns two values."""
    return problem_of(tmp_path, MEAN, STATISTICS, "statistics", mean=50, spread=50)


def test_each_mistake_costs_its_own_group(square: Problem) -> None:
    """A gradient that fits a wrong forward pass keeps its points; one that fits none does not."""
    changes = [
        ("factor * X * X", "factor * X * X"),
        ("self.factor * X * X", "3 * X"),  # the gradient is that of the right function
        ("2 * self.factor * self.X * G", "self.factor * self.X * G"),
    ]
    consistent = SQUARE.replace("factor * X * X", "factor * X * X * X").replace(
        "2 * self.factor * self.X * G", "3 * self.factor * self.X**2 * G"
    )
    sources = [SQUARE.replace(*change) for change in changes]
    right, forward, backward, fits = graded(square, *sources, consistent)
    assert (right.score, failing(right)) == (100, set())
    assert "forward" in failing(forward)
    assert failing(backward) == {"gradient"}
    assert (fits.score, failing(fits)) == (50, {"forward"})


@pytest.mark.parametrize(
    ("old", "new", "found_by"),
    [
        ("self.X = X", "self.X = X if len(X) < 100 else 0 * X", "far"),
        ("return self.factor * X * X", "X *= X\n        return self.factor * X", "purity"),
        ("self.X = X", "Square.X = X", "in_turn"),
        ("self.X = X", "self.X = getattr(self, 'X', X)", "again"),
        ("* X * X", "* X.astype(np.float64).ravel(order='K').reshape(X.shape) ** 2", "layouts"),
        ("2 * self.factor * self.X * G", "(2 * self.factor * self.X * G).astype(G.dtype)", ""),
        ("* X * X", "* X * X if X.dtype == float else X", "types"),
    ],
)
def test_what_circumstances_show(square: Problem, old: str, new: str, found_by: str) -> None:
    """Mistakes that ordinary cases do not meet."""
    (report,) = graded(square, SQUARE.replace(old, new))
    lost = [check.id for check in report.checks if check.status == "failed"]
    wanted = "leaves_nothing" if found_by == "purity" else found_by
    assert not lost if not found_by else any(wanted in check for check in lost)


def test_the_smallest_failing_case_is_shown(square: Problem) -> None:
    """Of what is wrong for two columns and more, the one with two."""
    (report,) = graded(square, SQUARE.replace("* X * X", "* X * X[:, :1]"))
    first = next(check for check in report.checks if check.status == "failed")
    assert first.evidence["example"] == {"case": "rows = 1, width = 2"}


def test_functions_are_exercises_too(statistics: Problem) -> None:
    """A tuple is taken apart, a list is as good, and one value is told as that."""
    listed = STATISTICS.replace("return x.mean(), ", "return [float(x.mean()), ") + "]"
    one = STATISTICS.replace("x.mean(), np", "np")
    right, as_list, alone, wrong = graded(
        statistics, STATISTICS, listed.replace("max()\n]", "max()]"), one, STATISTICS + "\nx = 1 +"
    )
    assert right.score == as_list.score == 100
    assert "returns" in alone.checks[0].message
    assert "expected a tuple of 2 values" in alone.checks[0].message
    assert wrong.status == "unloadable"


@pytest.mark.parametrize(
    ("source", "diagnosis"),
    [
        ("def statistic(x):\n    return x, x\n", "function-misnamed"),
        ("class statistics:\n    pass\n", "function-is-class"),
        ("class A:\n    def statistics(self, x):\n        return x, x\n", "function-inside"),
        ("# def statistics(x):\n#     return x, x\n", "function-not-code"),
        ("x = 1\n", "function-missing"),
    ],
)
def test_what_became_of_a_function_is_told(
    statistics: Problem, source: str, diagnosis: str
) -> None:
    """By names alone, as for classes."""
    (report,) = graded(statistics, source)
    assert report.status == "unloadable"
    assert [each.id for each in report.diagnoses] == [diagnosis]


def test_a_sample_with_a_hint_names_what_behaves_like_it(statistics: Problem) -> None:
    """However that is written; what behaves otherwise is not named so."""
    folder = statistics.library / "submissions" / "small" / "rejected"
    folder.mkdir(parents=True)
    header = "# mistake: takes the median\n# why: It is another middle.\n# hint: Which middle?\n"
    wrong = "import numpy as np\ndef statistics(x):\n    return np.median(x), {}\n"
    sample = wrong.format("np.abs(x - x.mean()).max()")
    (folder / "median.py").write_text(header + "# fails: mean\n" + sample)
    same, other = graded(
        Library(statistics.library).load("small"),
        wrong.format("max(abs(x - sum(x) / len(x)))"),
        STATISTICS.replace("x.mean(), np", "x.max(), np"),
    )
    (named,) = same.diagnoses
    assert (named.id, named.title, named.hint) == (
        "median",
        "Your code takes the median.",
        "Which middle?",
    )
    assert all(each.id != "median" for each in other.diagnoses)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('yield "forward", layer', "yield layer", "yield a name and a value"),
        ('wrt="X"', 'wrt="Z"', "Batch has no array 'Z'"),
        ('of="forward"', 'of="output"', "no scenario above yields both"),
        ("vary(", "vary(sizes=True, ", "unexpected keyword"),
        ("sizes(1, 3)", "sizes(1, 3, 5)", "positional arguments"),
        ('purity="purity"', 'purity="pure"', "no group 'pure'"),
        ("@scenario(Batch)", '@scenario(Batch, needs={"gradient": "x"})', "yields 'x'"),
    ],
)
def test_an_authors_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """As one of the problem package, and not of the submission."""
    groups = {"forward": 50, "gradient": 40, "purity": 10}
    problem = problem_of(tmp_path, SCALE.replace(old, new, 1), SQUARE, "Square", **groups)
    with pytest.raises(ProblemError, match=told) as caught:
        graded(problem, SQUARE)
    assert "checks.py:" in str(caught.value)
