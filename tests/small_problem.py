"""A problem that is graded in no time, and whose checks do to their judge what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from grader.grading.pool import grade_stream
from grader.intake.collect import collect
from grader.model.problem import Library, Problem
from grader.model.submission import Submission, submission_from
from grader.results.class_run import grade_class
from grader.results.progress import Tally
from grader.results.store import Store

SETTINGS = """
title = "t"
summary = "s"
entry = "Thing"
groups = [{ id = "one", points = 60, title = "One" }, { id = "two", points = 40, title = "Two" }]

[limits]
call_seconds = 5
"""
CHECKS = """
import os, signal
from grader.errors import Fault
from grader.checks import check, expect

@check("one", "the value is one")
def test_one(student):
    expect(student.Thing().value() == 1, "not one")

@check("two", "the judge survives")
def test_two(student):
    word = student.Thing().word()
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if word == "leave":
        os._exit(3)
    if word == "orphan":
        os.kill(os.getppid(), signal.SIGKILL)
    if word == "fault":
        raise Fault("asked to")
    if word == "broken":
        raise ZeroDivisionError("in a check")
"""


def thing(word: str = "", value: str = "1") -> Submission:
    """A submission whose ``word`` the checks of the small problem obey."""
    source = "class Thing:\n"
    source += f"    def value(self):\n        return {value}\n"
    source += f"    def word(self):\n        return {word!r}\n"
    return submission_from(f"{word or 'quiet'}.py", source.encode())


def make_small(library: Path) -> Problem:
    """Write the problem ``small`` into a new library."""
    folder = library / "problems" / "small"
    folder.mkdir(parents=True)
    (folder / "problem.toml").write_text(SETTINGS, "utf-8")
    (folder / "checks.py").write_text(CHECKS, "utf-8")
    (library / "reference").mkdir()
    (library / "reference" / "small.py").write_bytes(thing().source)
    return Library(library).load("small")


def grade_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Grade a class of the small problem; return the folder with the results."""
    problem = make_small(folder / "library")
    (folder / "class").mkdir()
    for name, source in files.items():
        (folder / "class" / f"{name}.py").write_bytes(source)
    with (
        collect(folder / "class", problem=problem) as intake,
        Store(folder / "out", create=True) as store,
    ):
        grade_class(problem, intake, store, Tally(), engine=partial(grade_stream, jobs=2))
    return folder / "out"
