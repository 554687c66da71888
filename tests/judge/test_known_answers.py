"""Submissions that answer as others did: what they get, and how often checks are run for it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.reproducibility import timeless
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report_json import as_data
from grader.model.submission import submission_from
from grader.sandbox.transcript import digest_of, new_nonce, with_nonce, without_nonce
from tests.judge.test_session import THING, problem_with, wrong_for

CHECKS = """
from pathlib import Path

@check("one", "numbers")
def test_one(student):
    with open(Path(__file__).with_name("log"), "a") as log:
        log.write("x")
    for x in range(9):
        value = student.Thing().value(x)
        expect(value == x, f"value({x}) is not {x}", yours=value)

@check("one", "and again")
def test_again(student):
    expect(student.Thing().value(9) == 9, "value(9) is not 9")
"""


def when(condition: str, what: str) -> bytes:
    """A Thing that does something more on a condition about x."""
    more = f"\n        if {condition}: {what}\n        return x"
    return THING.replace(b"return x", more.strip().encode(), 1)


FILES = {
    "right": THING,
    "right in other words": THING.replace(b"return x", b"return -(-x)", 1),
    "right with a method more": THING + b"    def more(self): pass\n",
    "right and derived": b"class Base: pass\n" + THING.replace(b"Thing:", b"Thing(Base):"),
    "prints when it is loaded": THING + b"\nprint('loaded')\n",
    "prints in the first check": when("x == 3", "print('three')"),
    "prints in the second check": when("x == 9", "print('nine')"),
    "wrong at once": wrong_for("x == 0"),
    "wrong late": wrong_for("x == 8"),
    "wrong in the second check": wrong_for("x == 9"),
    "raises late": when("x == 8", "raise ValueError(x)"),
    "of another type": THING.replace(b"return x", b"return float(x)", 1),
    "ends its process": when("x == 7", "__import__('os')._exit(3)"),
    "does not return": when("x == 7", "self.loop()"),
}


def reports(problem: Problem, sources: list[bytes]) -> list[dict[str, Any]]:
    """What each of the files gets, graded in this order."""
    found: list[dict[str, Any]] = []
    submissions = [submission_from("a.py", source) for source in sources]
    grade_all(problem, submissions, lambda report: found.append(timeless(as_data(report))))
    return found


def test_whatever_came_before_a_report_is_that_of_the_file_alone(tmp_path: Path) -> None:
    """Files that answer alike up to some point, in several orders."""
    problem = problem_with(tmp_path, CHECKS)
    alone = {name: reports(problem, [source])[0] for name, source in FILES.items()}
    assert {name for name, report in alone.items() if report["score"] == 100.0} == {
        name for name in FILES if name.startswith(("right", "prints", "of another"))
    }
    for seed in range(3):
        names = [*FILES, *FILES]
        random.Random(seed).shuffle(names)
        found = reports(problem, [FILES[name] for name in names])
        for name, report in zip(names, found, strict=True):
            assert report == alone[name], name


def test_checks_are_run_once_for_the_same_answers(tmp_path: Path) -> None:
    """And for each interface, since what is asked may depend on it."""
    problem = problem_with(tmp_path, CHECKS)
    names = ["right", "right in other words", "right", "right with a method more"]
    reports(problem, [FILES[name] for name in names])
    assert (tmp_path / "problems" / "small" / "log").read_text("utf-8") == "xx"


def test_what_failed_is_never_taken_for_known(tmp_path: Path) -> None:
    """Not even where it failed by a difference that nobody else took points for."""
    checks = """
@check("one", "leaves it to the other group")
def test_one(student, waived):
    with waived(to="two"):
        expect(student.Thing().value(1) == 1, "value(1) is not 1")
"""
    first, second = reports(problem_with(tmp_path, checks), [wrong_for("x == 1")] * 2)
    assert first == second
    assert first["score"] == 40.0


@pytest.mark.parametrize("text", [b"", b"[]", b"\x00" * 40])
def test_messages_differ_by_their_nonce_only(text: bytes) -> None:
    """What is taken out can be put in again; an answer with another nonce is nobody's."""
    nonce, other = new_nonce(), new_nonce()
    frame = with_nonce(b"LENGHEAD[" + text, nonce)
    assert without_nonce(frame) == without_nonce(with_nonce(without_nonce(frame), other))
    body = frame[4:]
    assert digest_of(body, nonce) == digest_of(with_nonce(without_nonce(frame), other)[4:], other)
    assert digest_of(body, other) == b""
