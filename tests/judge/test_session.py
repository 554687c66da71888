"""The warm session, on small problems made for it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from grader.errors import ProblemError
from grader.grading.in_process import grade, grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from tests.conftest import ROOT

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no stack dumps there")

SETTINGS = """
title = "t"
summary = "s"
entry = "Thing"
groups = [{ id = "one", points = 60, title = "One" }, { id = "two", points = 40, title = "Two" }]

[limits]
call_seconds = 0.5
"""
HEAD = """
from hypothesis import assume, given, strategies as st
from grader.checks import check, expect
"""
TWO = """
@check("two", "always")
def test_two(student):
    pass
"""
THING = b"""
class Thing:
    def value(self, x):
        return x
    def loop(self):
        while True: pass
    def speak(self):
        print("hello")
        return 1
"""


def problem_with(folder: Path, checks: str) -> Problem:
    """A problem with these checks."""
    (folder / "problems" / "small").mkdir(parents=True)
    (folder / "reference").mkdir()
    (folder / "problems" / "small" / "problem.toml").write_text(SETTINGS, "utf-8")
    (folder / "problems" / "small" / "checks.py").write_text(HEAD + checks + TWO, "utf-8")
    (folder / "reference" / "small.py").write_bytes(THING)
    return Library(folder).load("small")


def graded(folder: Path, checks: str, source: bytes = THING) -> Report:
    """The report of a file on a problem with these checks."""
    return grade(problem_with(folder, checks), submission_from("a.py", source))


def test_examples_that_a_check_does_not_want_are_left_out(tmp_path: Path) -> None:
    """hypothesis.assume works in a check, as in any test."""
    checks = """
@check("one", "even numbers")
@given(x=st.integers(0, 100))
def test_one(student, x):
    assume(x % 2 == 0)
    expect(student.Thing().value(x) == x and x % 2 == 0, "odd")
"""
    assert graded(tmp_path, checks).score == 100.0


WAIVING = """
@check("one", "leaves it to the other group")
def test_one(student, waived):
    with waived(to="two"):
        expect(student.Thing().value(1) == 1, "value(1) is not 1")
    expect(student.Thing().value(2) == 2, "value(2) is not 2")

@check("two", "small numbers")
def test_small(student):
    expect(student.Thing().value(0) == 0, "value(0) is not 0")
"""
"""Group two looks at nothing but zero."""


def wrong_for(condition: str) -> bytes:
    """A Thing whose value is wrong on a condition about x."""
    wrong = f"return x + 5 if {condition} else x"
    return THING.replace(b"return x", wrong.encode(), 1)


def test_a_difference_that_cost_points_elsewhere_is_forgiven(tmp_path: Path) -> None:
    """The group that it is left to has lost points, and so the check that left it loses none."""
    report = graded(tmp_path, WAIVING, wrong_for("x < 2"))
    assert {check.id: check.status for check in report.checks} == {
        "test_one": "passed",
        "test_small": "failed",
        "test_two": "passed",
    }


def test_no_difference_is_forgiven_without_a_receipt(tmp_path: Path) -> None:
    """Nobody else has taken points for it: the check that left it fails, and says what it saw."""
    report = graded(tmp_path, WAIVING, wrong_for("x == 1"))
    failed = [check for check in report.checks if check.status != "passed"]
    assert [(check.id, check.message) for check in failed] == [("test_one", "value(1) is not 1")]
    assert failed[0].evidence["calls"] == ["layer = Thing()", "layer.value(1)"]


def test_an_exception_is_left_to_a_group_as_a_failure_is(tmp_path: Path) -> None:
    """What the student's code raises is forgiven, or not, by the same rule."""
    raising = THING.replace(b"return x", b"return 1 // (x - 1) and x", 1)
    report = graded(tmp_path, WAIVING, raising)
    failed = [check for check in report.checks if check.status != "passed"]
    assert [check.id for check in failed] == ["test_one"]
    assert "ZeroDivisionError" in failed[0].message


BOTH_WAYS = """
@check("one", "first")
def test_first(student, waived):
    with waived(to="two"):
        expect(student.Thing().value(1) == 1, "value(1) is not 1")

@check("two", "second")
def test_second(student, waived):
    with waived(to="one"):
        expect(student.Thing().value(1) == 1, "value(1) is not 1")
"""


def test_checks_that_leave_a_failure_to_each_other_do_not_both_forgive_it(tmp_path: Path) -> None:
    """The first one fails, and is the other's receipt."""
    report = graded(tmp_path, BOTH_WAYS, wrong_for("x == 1"))
    assert [check.id for check in report.checks if check.status == "failed"] == ["test_first"]


def test_who_saw_nothing_but_others_failures_has_not_passed(tmp_path: Path) -> None:
    """Where no call gives anything there is nothing that could be right."""
    checks = WAIVING.replace('    expect(student.Thing().value(2) == 2, "value(2) is not 2")\n', "")
    report = graded(tmp_path, checks, THING.replace(b"return x", b"raise TypeError", 1))
    assert {check.id: check.status for check in report.checks} == {
        "test_one": "blocked",
        "test_small": "failed",
        "test_two": "passed",
    }


VARIANTS = """
@check("one", "ordinary numbers")
def test_usual(student):
    expect(student.Thing().value(1) == 1, "value(1) is not 1")

@check("one", "large numbers", variant_of="test_usual")
def test_large(student):
    expect(student.Thing().value(1000) == 1000, "value(1000) is not 1000")
"""


def test_a_variant_shows_the_ordinary_example_where_both_fail(tmp_path: Path) -> None:
    """And its own where the ordinary one is right."""
    both = graded(tmp_path / "both", VARIANTS, wrong_for("x > 0"))
    assert [c.message for c in both.checks if c.group == "one"] == ["value(1) is not 1"] * 2
    alone = graded(tmp_path / "alone", VARIANTS, wrong_for("x > 1"))
    assert [c.message for c in alone.checks if c.group == "one"] == ["", "value(1000) is not 1000"]


def test_a_check_is_a_variant_of_one_that_there_is(tmp_path: Path) -> None:
    """A name that is misspelt would change nothing, and nobody would know why."""
    with pytest.raises(ProblemError, match="test_large: there is no check 'test_usal'"):
        graded(tmp_path, VARIANTS.replace('of="test_usual"', 'of="test_usal"'))


def test_a_failure_can_be_left_to_known_groups_only(tmp_path: Path) -> None:
    """A name that is misspelt would forgive nothing, and nobody would know why."""
    checks = WAIVING.replace('to="two"', 'to="tow"')
    with pytest.raises(ProblemError, match=r"no group 'tow'"):
        graded(tmp_path, checks)


def test_interactive_draws_are_made_anew(tmp_path: Path) -> None:
    """st.data() cannot be kept for later, and works all the same."""
    checks = """
@check("one", "data")
@given(data=st.data())
def test_one(student, data):
    x = data.draw(st.integers(0, 9))
    expect(student.Thing().value(x) < 5, f"too large: {x}")
"""
    report = graded(tmp_path, checks)
    assert [check.message for check in report.checks if check.status == "failed"] == [
        "too large: 5"
    ]


def test_a_limit_that_is_met_again_is_shown_once(tmp_path: Path) -> None:
    """The checks behind are blocked, and after three times they cost no limit each."""
    checks = "".join(
        f"""
@check("one", "loop {n}")
def test_loop_{n}(student):
    student.Thing().loop()
"""
        for n in range(5)
    )
    report = graded(tmp_path, checks)
    statuses = [check.status for check in report.checks]
    assert statuses == ["timeout"] + ["blocked"] * 4 + ["passed"]
    assert "last line run: 6" in report.checks[0].message


def test_output_belongs_to_its_check(tmp_path: Path) -> None:
    """What is printed during a check is filed under it."""
    checks = """
@check("one", "speaks")
def test_one(student):
    student.Thing().speak()
"""
    report = graded(tmp_path, checks)
    assert [check.output for check in report.checks] == ["hello\n", ""]


def test_weights_share_a_group(tmp_path: Path) -> None:
    """Points are shared out by weight, parametrized cases counting each."""
    checks = """
import pytest
@check("one", "heavy", weight=2)
def test_heavy(student): pass
@check("one", "light")
@pytest.mark.parametrize("n", [1, 2])
def test_light(student, n): expect(n == 1, "no")
"""
    report = graded(tmp_path, checks)
    assert [(c.title, c.points, c.max_points) for c in report.checks[:3]] == [
        ("heavy", 30.0, 30.0),
        ("light: 1", 15.0, 15.0),
        ("light: 2", 0.0, 15.0),
    ]
    assert report.score == 85.0


@pytest.mark.parametrize(
    ("checks", "line", "what"),
    [
        ("def test_one(student): pass\n", 4, "is not marked with @check"),
        ('@check("three", "x")\ndef test_one(student): pass\n', 4, "no group 'three'"),
        ("import nothing_of_that_name\n", 4, "nothing_of_that_name"),
        ("", None, "no check for the group 'one'"),
        ('@check("one", "x")\ndef test_one(student):\n    1 / 0\n', 6, "itself failed"),
    ],
)
def test_broken_checks_are_the_problems_fault(
    tmp_path: Path, checks: str, line: int | None, what: str
) -> None:
    """Each is told with its line."""
    with pytest.raises(ProblemError) as caught:
        graded(tmp_path, checks)
    assert caught.value.line == line
    assert what in caught.value.what


@pytest.mark.parametrize("value", ["None", "'ten'", "np.zeros(2)", "object()"])
def test_values_that_a_check_stumbles_over_are_the_submissions(tmp_path: Path, value: str) -> None:
    """A check that works for the reference is not broken: no file ends the grading of others."""
    checks = """
@check("one", "large")
def test_one(student):
    expect(student.Thing().value(10) > 5, "too small")
"""
    source = f"import numpy as np\nclass Thing:\n    def value(self, x):\n        return {value}\n"
    report = graded(tmp_path, checks, source.encode())
    assert [check.status for check in report.checks] == ["failed", "passed"]
    assert "of another kind" in report.checks[0].message
    assert report.score == 40.0


LOST = """
@check("one", "lost")
def test_one(student):
    with student.program():
        thing = student.Thing()
        answers = [thing.value(1), thing.lose(2), thing.value(3)]
    assert answers[0].value == 1 and answers[2].value == 3
    answers[1].value
"""


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("while True: pass", "thing.lose(2) did not return within 0.5 s; last line run: 5."),
        ("import ctypes; ctypes.string_at(0)", "thing.lose(2) crashed its process (SIGSEGV"),
        ("import os; os._exit(3)", "thing.lose(2) ended its process (exit code 3"),
    ],
)
@posix_only
def test_the_call_that_lost_the_worker_is_named(tmp_path: Path, loss: str, message: str) -> None:
    """Of several calls in one message it is found: it was seen to run, or is tried by itself."""
    source = "class Thing:\n    def value(self, x):\n        return x\n    def lose(self, x):\n"
    report = graded(tmp_path, LOST, f"{source}        {loss}\n".encode())
    assert report.checks[0].message.startswith(message.replace("thing", "layer"))


LOOPS = "".join(
    f"""
@check("one", "loop {number}")
def test_{number}(student):
    student.Thing().{name}()
"""
    for number, name in enumerate(["loop", "speak", "loop", "speak", "loop", "speak", "loop"])
)


@posix_only
def test_a_method_that_hits_a_limit_costs_what_one_that_raises_costs(tmp_path: Path) -> None:
    """What does not call it is tried as ever, also behind the third time."""
    problem = problem_with(tmp_path, LOOPS)
    raising = THING.replace(b"while True: pass", b"raise ValueError(1)")
    report, other = (grade(problem, submission_from("a.py", text)) for text in (THING, raising))
    status = [check.status for check in report.checks]
    assert status == ["timeout", "passed"] + ["blocked", "passed"] * 3
    assert "did not return within 0.5 s; last line run: " in report.checks[0].message
    assert report.score == other.score


@posix_only
def test_time_for_a_submission_is_limited(tmp_path: Path) -> None:
    """What the limit of the whole submission cuts off is told as such."""
    problem = problem_with(tmp_path, LOOPS)
    limits = msgspec.structs.replace(problem.settings.limits, submission_seconds=0.0)
    settings = msgspec.structs.replace(problem.settings, limits=limits)
    problem = dataclasses.replace(problem, settings=settings)
    report = grade(problem, submission_from("a.py", THING))
    told = "While a.py was being loaded, it was stopped: the time for one submission was used up."
    assert (report.status, report.message) == ("unloadable", told)


def test_a_lasting_fixture_must_not_ask_the_student(tmp_path: Path) -> None:
    """Its answer would be taken for the next submission's; the author is told where."""
    checks = """
import pytest

@pytest.fixture(scope="module")
def value(student):
    return student.Thing().value(1)

@check("one", "t")
def test_one(value):
    pass
"""
    with pytest.raises(ProblemError, match=r"checks\.py:\d+: the fixture value has scope 'module'"):
        graded(tmp_path, checks)


def test_a_lasting_fixture_may_return_a_function_that_asks(tmp_path: Path) -> None:
    """Made once per session, it gives each submission's own answers."""
    checks = """
import pytest

@pytest.fixture(scope="module")
def value(student, once):
    return lambda: once("value", lambda: student.Thing().value(1))

@check("one", "t")
def test_one(value):
    expect(value() == 1, "not the same")
"""
    problem = problem_with(tmp_path, checks)
    other = THING.replace(b"return x", b"return x + 1")
    sources = [THING, other, THING]
    reports: list[Report] = []
    grade_all(problem, [submission_from("a.py", source) for source in sources], reports.append)
    assert [report.score for report in reports] == [100.0, 40.0, 100.0]


def test_ctrl_c_during_a_collection_is_not_lost() -> None:
    """Nothing of Python's is called in one, where an interrupt would be dropped with a message."""
    code = (
        "import gc\n"
        "from grader.grading.in_process import grade_all\n"
        "from grader.model.problem import Library\n"
        "from grader.model.submission import read_submission\n"
        "dense = Library.find().load('dense')\n"
        "file = read_submission(dense.reference_path)\n"
        "grade_all(dense, [file], lambda report: print(report.score, gc.callbacks, gc.isenabled()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "100.0 [] True\n", done.stderr
