"""What is said first where one exception stands behind many failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from grader.reporters import Page, reporter
from grader.reporters.parts.reading_order import arrange

SETTINGS = """
title = "t"
summary = "s"
entry = "Meter"
groups = [{ id = "names", points = 10, title = "N" }, { id = "scale", points = 30, title = "S" },
          { id = "feed", points = 30, title = "F" }, { id = "table", points = 30, title = "T" }]
provided = { modules = ["base"], names = { np = "numpy", Device = "base:Device" } }
"""
CHECKS = """
import numpy as np
from grader.checks import check, expect, expect_array

class Clock:
    def tick(self, steps):
        return steps

@check("names", "has a total")
def test_names(student):
    meter = student.Meter(2)
    with student.program():
        total = meter.total
    expect(total.value == 0, "total")

@check("scale", "scales")
def test_scale(student):
    meter = student.Meter(2)
    expect_array(meter.scale(np.ones((3, 4))), "meter.scale(X)", (3, 4))

@check("feed", "feeds the clock")
def test_feed(student):
    meter = student.Meter(2)
    expect(meter.feed(student.expose(Clock(), "tick")) == 2, "two")

@check("table", "looks up")
def test_table(student):
    meter = student.Meter(2)
    ours = student.define("def listened(meter):\\n    return meter.unit('metre')")
    expect(ours.listened(meter) == "m", "m")
"""
BASE = """
class Device:
    def __init__(self, name="device"):
        self.name = name
        self.total = 0
        self.log = []
"""
METER = """
class Meter(Device):
    def __init__(self, factor):
        super().__init__("meter")
        self.factor = factor
        self.grid = np.zeros((factor, factor))

    def scale(self, X):
        self.log.append(X)
        return self.factor * X

    def feed(self, clock):
        return clock.tick(self.factor)

    def unit(self, name):
        return {"metre": "m", "second": "s"}[name]
"""
OWN_DEVICE = """
class Thing:
    def __init__(self):
        self.log: list = []
        self.total = 0


class Meter(Thing):
    def __init__(self, factor):
        self.factor = factor

"""
WRONG = {
    "base": [('        super().__init__("meter")\n', "")],
    "own base": [(METER[: METER.index("    def scale")], OWN_DEVICE)],
    "zeros": [
        ("np.zeros((factor, factor))", "np.zeros(factor, factor)"),
        ("return self.factor * X", "return self.Factor * X"),
    ],
    "called": [("clock.tick(", "clock(")],
    "other method": [("clock.tick(", "clock.step(")],
    "key": [('"metre": "m", ', "")],
    "if": [("return self.factor * X", "return X if X > 0 else 0")],
    "max": [("return self.factor * X", "return max(X, 0 * X)")],
    "indices": [("return self.factor * X", "return X[0, 0, 0]")],
    "kept object": [
        ("class Meter", "class Reading:\n    pass\n\nclass Meter"),
        ("return self.factor * X", "return Reading()"),
    ],
    "quoted object": [
        ("class Meter", "class Reading:\n    pass\n\nclass Meter"),
        ("return self.factor * X", "raise ValueError(f'not {Reading()!r} again')"),
    ],
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """A report for each of WRONG, by one judge."""
    root = tmp_path_factory.mktemp("library")
    files = {
        "problems/meter/problem.toml": SETTINGS,
        "problems/meter/checks.py": CHECKS,
        "problems/meter/provided/base.py": BASE,
        "reference/meter.py": f"import numpy as np\nfrom base import Device\n{METER}",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return dict(zip(WRONG, graded(Library(root).load("meter"), root), strict=True))


def graded(problem: Problem, root: Path) -> list[Report]:
    """The reports for the files of WRONG, in order."""
    found: list[Report] = []
    sources = []
    for edits in WRONG.values():
        source = METER
        for old, new in edits:
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        sources.append(submission_from("meter.py", source.encode()))
    grade_all(problem, sources, found.append)
    return found


@pytest.mark.parametrize(
    ("name", "lacks"), [("base", "Device sets (name, total, log)"), ("own base", "(log, total)")]
)
def test_a_base_class_that_is_not_set_up_is_one_mistake(
    name: str, lacks: str, reports: dict[str, Report]
) -> None:
    """Whichever of its attributes is missed where, and whether the file or the problem has it."""
    (named,) = reports[name].diagnoses
    assert named.id == "base-not-set-up"
    assert lacks in named.title


def test_what_ends_most_checks_is_told_first(reports: dict[str, Report]) -> None:
    """Nothing goes on after an exception in the constructor: names come later, or not at all."""
    first, *_ = reports["zeros"].diagnoses
    assert first.id == "shape-not-a-tuple"
    assert "np.zeros in line 6" in first.title
    assert {check.status for check in reports["zeros"].checks[1:]} == {"blocked"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("called", "Line 13 calls the clock itself instead of its method tick."),
        ("other method", "In line 13 the clock is asked for .step, which it does not have."),
        ("key", "Line 16 looks for the key 'metre' in a dictionary that does not have it."),
        ("if", "Line 10 asks whether a whole array is true."),
        ("max", "Python's max in line 10 is given a whole array to compare."),
        ("indices", "Line 10 gives 3 indices for an array with 2 dimensions."),
    ],
)
def test_an_exception_is_told_by_what_the_line_does(
    name: str, title: str, reports: dict[str, Report]
) -> None:
    """The line is quoted by its words; objects of the problem have the names of the statement."""
    (named,) = reports[name].diagnoses
    assert named.title == title


@pytest.mark.parametrize(
    ("name", "part"), [("kept object", "a value of type Reading"), ("quoted object", "<Reading")]
)
def test_classes_of_the_file_have_no_module(
    name: str, part: str, reports: dict[str, Report]
) -> None:
    """The module that the grader makes of a file is no business of its author's."""
    text = reporter("json").render(reports[name], Page())
    assert part in text
    assert "submission." not in text


def test_functions_of_the_judge_are_not_shown(reports: dict[str, Report]) -> None:
    """Neither what a check defines for itself nor its calls are anything to read."""
    (failed,) = [check for check in reports["key"].checks if check.status == "failed"]
    assert failed.message == "Your code raised KeyError: 'metre' (line 16)."
    assert failed.evidence["calls"] == ["layer = Meter(2)"]
    assert "listened" in str(failed.reproduce)


def test_each_mistake_stands_above_its_own_evidence(reports: dict[str, Report]) -> None:
    """The example of a diagnosis is the check that raised what it explains."""
    for report in reports.values():
        for mistake in arrange(report).mistakes:
            assert mistake.example is not None
            assert mistake.example.id in (mistake.diagnosis.checks or [mistake.example.id])
