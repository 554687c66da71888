"""Distorted references graded: what is found, what is missed, and what an author is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from grader.authoring.claims import Finding
from grader.authoring.distortion import ALWAYS
from grader.authoring.distortion.judged import by_member, judge_distortions
from grader.authoring.distortion.trying import Distorted, try_distortions
from grader.model.problem import Library, Problem
from grader.views import distortions as page
from tests.conftest import Run

SETTINGS = """
title = "Double"
summary = "Twice an array"
entry = "Doubler"
groups = [{ id = "value", points = 70, title = "V" }, { id = "state", points = 30, title = "S" }]
"""
CHECKS = """
import numpy as np
from grader.checks import check, expect

X = np.array([[1.0, -2.0, 300.0], [4.0, 5.0, 6.0]])

@check("value", "twice the array")
def test_value(student):
    for x in (X, X[:1]):
        yours = student.Doubler().double(x)
        expect(yours.shape == x.shape and (yours == 2 * x).all(), "not twice as much")

@check("state", "also later")
def test_later(student):
    doubler = student.Doubler()
    first = doubler.double(-X)
    second = doubler.double(X)
    expect(second.shape == X.shape and (second - X == X).all(), "not later")
"""
REFERENCE = """
class Doubler:
    def double(self, x):
        return 2 * x
"""
HARMLESS = """
[[harmless]]
condition = "x [Fsr]*"
reason = "Layouts are not tried here."

[[harmless]]
change = "renamed"
reason = "Nobody calls it so."
"""
Write = Callable[..., Problem]


def write(library: Path, vouched: str = HARMLESS, reference: str = REFERENCE) -> Problem:
    """Write the problem ``double``, with some text in its vouched.toml, and load it."""
    for name, text in {
        "problems/double/problem.toml": SETTINGS,
        "problems/double/checks.py": CHECKS,
        "problems/double/starter.py": "class Doubler:\n    calls = None\n",
        "problems/double/vouched.toml": vouched,
        "reference/double.py": reference,
    }.items():
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Library.find(library).load("double")


@pytest.fixture
def double(tmp_path: Path) -> Write:
    """Writes the problem ``double`` for one test."""
    return partial(write, tmp_path / "library")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """The problem ``double`` as it is, for all tests that change nothing in it."""
    return write(tmp_path_factory.mktemp("usual") / "library")


@pytest.fixture(scope="module")
def everything(usual: Problem) -> Distorted:
    """All of its distortions, tried."""
    return try_distortions(usual, jobs=2, thorough=True)


@pytest.fixture(scope="module")
def few(usual: Problem) -> Distorted:
    """The selection of them that is tried without --thorough."""
    return try_distortions(usual, jobs=2)


def states(distorted: Distorted) -> dict[str, str]:
    """What became of each that was tried."""
    return {each.distortion.id: each.state for each in distorted.tried}


def details(problem: Problem, distorted: Distorted) -> dict[str, Finding]:
    """The claims, by their words."""
    return {finding.claim: finding for finding in judge_distortions(problem, distorted)}


def test_what_becomes_of_distortions(everything: Distorted) -> None:
    """Found in a right group, unnoticed, without effect in what is tried, never met, excused."""
    distorted, found = everything, states(everything)
    assert found["double result: always: sign"] == "found"
    assert found["double result: x.0 = 1: twice"] == "found"
    assert found["double result: |x| > 100: zero"] == "found"
    assert found["double result: always: previous"] == "found"
    assert found["double result: call 2: sign"] == "found"  # by the group that `previous` fails
    assert found["double: always: seeds"] == "unnoticed"
    assert found["double result: always: same buffer"] == "unnoticed"
    assert found["double result: always: clip 1000"] == "unchanged"
    assert found["double result: call 3: sign"] == "unmet"
    assert found["double result: x.0 > 100: sign"] == "unmet"
    assert "double: call 2: seeds" not in found  # it is told once, as what is always so
    assert "double result: x.0 = 1: times x.0" not in found
    excused = {each.distortion.id for each in distorted.excused}
    assert "double result: x Fortran: sign" in excused
    assert not excused & set(found)
    counts = by_member(distorted)["double"]
    assert counts["all"] == len(distorted.everything)
    assert sum(counts[state] for state in set(found.values())) == len(found)
    shown = "\n".join(page.section(distorted))
    assert "What double() returns has the other sign. " in shown
    assert "<h3>double</h3>" in shown


def test_an_author_is_told_what_to_do(usual: Problem, few: Distorted) -> None:
    """Each gap with its sentence; conditions that nobody meets once each; an entry to be copied."""
    finding = details(usual, few)["distorted references lose points where they should"]
    text = "\n".join(finding.details)
    assert "problems/double/vouched.toml" in text
    assert "[[harmless]]" in text
    assert "double: always: seeds: the checks meet it, and none fails" in text
    assert "    double() seeds NumPy's global generator." in text
    assert text.count("double: x.0 > 100: no check does that: ") == 1
    assert f"chosen of {len(few.everything)}" in finding.figure


def test_a_selection_has_every_condition_and_every_change(
    usual: Problem, few: Distorted, everything: Distorted
) -> None:
    """And it is the same each time."""
    assert states(few) == states(try_distortions(usual, jobs=2))
    tried = [each.distortion for each in few.tried]
    wanted = [each.distortion for each in everything.tried]
    assert {d.change.key for d in tried} == {d.change.key for d in wanted}
    assert {d.condition.key for d in tried} == {d.condition.key for d in wanted}
    assert len(tried) < len(wanted) / 2
    always = {d.unconditional for d in tried if d.condition.key == ALWAYS}
    assert {d.unconditional for d in tried} == always
    by_id = states(everything)
    assert all(by_id[name] == state for name, state in states(few).items() if name in by_id)


def test_what_is_vouched_for_is_looked_at(double: Write) -> None:
    """Entries that are about nothing, or about what is found, are to go."""
    gone = '[[harmless]]\nmember = "triple"\nreason = "r"\n'
    lie = '[[harmless]]\ncondition = "x.0 = 1"\nchange = "sign"\nreason = "r"\n'
    problem = double(gone + lie)
    finding = details(problem, try_distortions(problem, jobs=2, thorough=True))[
        "distortions listed as harmless are just that"
    ]
    where = "problems/double/vouched.toml: "
    assert finding.details == [
        f"{where}triple *: *: *: there is no such distortion any more; delete the entry",
        f"{where}* *: x.0 = 1: sign: all of them are found; delete the entry",
    ]


def test_the_command_shows_one(grader: Run, double: Write) -> None:
    """As source that a student could have handed in; near names for one that is not known."""
    library = double().library
    command = ("verify", "double", "--library", library, "--show-distortion")
    ran = grader(*command, "double result: call 2: sign")
    assert ran.returncode == 0
    assert ran.stdout.startswith(REFERENCE.rstrip())
    assert "# What double() returns has the other sign from the second call on." in ran.stdout
    ran = grader(*command, "double result: call 2: sing")
    assert ran.returncode == 2
    assert "double result: call 2: sign" in ran.stderr
    ran = grader("verify", "--library", library, "--show-distortion", "x")
    assert ran.returncode == 2


def test_the_command_tries_everything(grader: Run, double: Write) -> None:
    """With --thorough there is a table, a row for each method."""
    library = double('[[harmless]]\nreason = "r"\nchange = "[!s]*"\n').library
    ran = grader("verify", "double", "--thorough", "--library", library)
    assert ran.returncode == 3
    assert re.search(r"^distortions +all found +elsewhere", ran.stdout, re.M), ran.stdout
    assert re.search(r"^double +\d+ ", ran.stdout, re.M), ran.stdout


def test_a_reference_that_cannot_be_listened_to(double: Write) -> None:
    """Slots have no place for what is remembered of an instance: that is told, and no traceback."""
    from grader.authoring.verify import verify_problem

    slots = REFERENCE.replace("    def", '    __slots__ = ("a",)\n\n    def')
    proof = verify_problem(double(reference=slots), jobs=2)
    assert proof.distorted is None
    (finding,) = [f for f in proof.findings if f.claim.startswith("distorted references")]
    assert "listened" in finding.details[0]
