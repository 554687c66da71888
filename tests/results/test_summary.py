"""What is said about a class, and which programs are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from grader.errors import Fault, UsageError
from grader.grading.pool import grade_stream
from grader.intake.collect import collect
from grader.reporters import Page
from grader.results.class_run import grade_class
from grader.results.progress import Lines, sparkline
from grader.results.similarity import normal_forms
from grader.results.store import Store
from grader.results.summary import compare_rounds, summarize
from grader.views.class_summary import render_summary
from tests.small_problem import grade_files, make_small, thing

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = b'''
"""A layer."""
import numpy as np

class Dense(Layer):
    def __init__(self, width):
        """Make it."""
        self.width = width  # kept
    def total(self, X):
        result = np.sum(X, axis=0)
        return result
'''
COPY = b"""import numpy as np
class Dense(Layer):
    def __init__(this, breadth): this.w = breadth
    def total(this, data):
        out = np.sum(data,
                     axis=0)
        return (out)
"""


def test_programs_are_compared_by_what_they_do() -> None:
    """Names, comments and layout do not count; which function is called does."""
    deep = b"x = " + b"(" * 200_000 + b"1" + b")" * 200_000
    nested = b"x = " + b"-" * 90_000 + b"1"
    bomb = b"x = " + b"+".join([b"1"] * 100_000)
    submissions = {
        "original": PROGRAM,
        "copy": COPY,
        "mean": PROGRAM.replace(b"np.sum", b"np.mean"),
        "deep": deep,
        "nested": nested,
        "bomb": bomb,
        "no python": b"class",
        "latin": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        "after": PROGRAM.replace(b"axis", b"axis "),
    }
    found = dict(normal_forms(submissions.items()))
    assert list(found) == list(submissions)
    assert found["original"] == found["copy"] == found["after"] != ""
    assert found["mean"] not in ("", found["original"])
    assert found["latin"] != ""
    assert found["deep"] == found["no python"] == ""


def test_a_class_at_a_glance(tmp_path: Path) -> None:
    """Marks, failing checks, who is identical, who could not be graded and why."""
    out = grade_files(
        tmp_path,
        {
            "ada": thing().source,
            "bob": thing(value="2").source,
            "cyd": thing(value="2").source + b"# by cyd\n",
            "dan": thing(value="3").source,
            "eve": b"class",
            "fay": thing("die").source,
        },
    )
    with Store(out) as store:
        found = summarize(store)
        assert summarize(store) == found
    assert (found.students, found.graded, found.mean, found.median) == (6, 5, 44.0, 40.0)
    assert found.bins == (1, 0, 0, 0, 3, 0, 0, 0, 0, 1)
    (rate,) = found.checks
    assert (rate.id, rate.failed, rate.of) == ("test_one", 3, 4)
    assert found.identical == (("bob", "cyd"),)
    assert [told.student for told in found.unloadable] == ["eve"]
    assert [told.student for told in found.faults] == ["fay"]
    assert len(found.slowest) == 5
    shown = render_summary(found, Page())
    assert "75 %  3  the value is one" in shown
    assert "bob, cyd" in shown
    command = [sys.executable, "-m", "grader", "summary", str(out), "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert json.loads(told.stdout)["identical"] == [["bob", "cyd"]]


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    """A student's name is text."""
    out = grade_files(tmp_path, {"evil\x1b[2J": b"class"})
    with Store(out) as store:
        shown = render_summary(summarize(store), Page())
    assert "evil\\x1b[2J" in shown
    assert "\x1b" not in shown


def test_folders_without_results(tmp_path: Path) -> None:
    """What is not there, is not ours or is from another version is told as that."""
    with pytest.raises(UsageError, match="holds no results"):
        Store(tmp_path)
    (tmp_path / "results.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Fault, match="file is not a database"):
        Store(tmp_path)
    (tmp_path / "results.sqlite").unlink()
    with Store(tmp_path, create=True) as store:
        with pytest.raises(UsageError, match="nothing has been graded yet"):
            summarize(store)
        with pytest.raises(UsageError, match="nothing to compare with"):
            compare_rounds(store)
        store._database.execute("PRAGMA user_version = 9")
    with pytest.raises(UsageError, match="another version of the grader"):
        Store(tmp_path)


def test_progress_in_plain_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no terminal, the first and the last line say how many."""
    problem = make_small(tmp_path / "library")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.py").write_bytes(thing().source)
    with (
        collect(tmp_path / "class", problem=problem) as intake,
        Store(tmp_path / "out", create=True) as store,
        Lines() as told,
    ):
        grade_class(problem, intake, store, told, engine=partial(grade_stream, jobs=1))
    first, last = capsys.readouterr().err.splitlines()
    assert first == "grader: 1 submissions"
    assert last.startswith("grader: 1 of 1 graded, ")


def test_a_distribution_in_a_line() -> None:
    """The highest bar is full, the smallest count is seen, nobody is nothing."""
    assert sparkline([0, 1, 50, 100]) == " ▁▄█"
    assert sparkline([0, 0]) == "  "
