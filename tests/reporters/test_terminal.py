"""The report in a terminal: one screen, the student's line, and nothing that needs colour."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.in_process import grade
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from grader.reporters import Page, reporter
from grader.reporters.parts.reading_order import arrange
from tests.conftest import ROOT
from tests.reporters.cases import KINDS, Case

SCREEN, LONGEST = 40, 90
RIGHT = (ROOT / "submissions" / "dense" / "accepted" / "matmul_operator.py").read_text("utf-8")


def shown(report: Report, page: Page) -> str:
    """The report for a terminal."""
    return reporter("terminal").render(report, page)


@pytest.fixture(scope="module")
def late(dense: Problem) -> Report:
    """A report with an exception in backward_pass, below lines that are not ASCII."""
    line = "        return result\n"
    assert RIGHT.count(line) == 1
    wrong = RIGHT.replace(line, "        größe = 'ä'; return result.Tee\n")
    return grade(dense, submission_from("late.py", wrong.encode()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [40, 80])
def test_every_report_fits(kind: str, width: int, cases: Mapping[str, Case]) -> None:
    """The lines in the terminal, and all of them on about a screen."""
    case = cases[kind]
    lines = shown(case.report, replace(case.page, width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= LONGEST


def test_the_usual_report_is_one_screen(cases: Mapping[str, Case]) -> None:
    """What was wrong, where, an example, and what is right."""
    case = cases["failing"]
    lines = shown(case.report, case.page).splitlines()
    assert len(lines) <= SCREEN
    assert lines[2] == "13 of 14 groups are right, one thing to fix."
    assert lines[4].startswith("✗ The bias gradient is the mean over the batch")


def test_no_word_is_broken_in_a_narrow_terminal(cases: Mapping[str, Case]) -> None:
    """Sentences are wrapped between words."""
    case = cases["failing"]
    words = shown(case.report, replace(case.page, width=40)).split()
    (named,) = case.report.diagnoses
    for sentence in (named.title, named.why, named.hint):
        assert [word for word in sentence.split() if word not in words] == []


def test_the_line_that_returned_a_wrong_value_is_shown(cases: Mapping[str, Case]) -> None:
    """With its number, and carets below what was returned."""
    case = cases["half"]
    source = case.page.source.splitlines()
    text = shown(case.report, case.page)
    found = re.search(r"(\d+) │ (return .*)\n +│ (\^+)\n", text)
    assert found is not None, text
    assert source[int(found[1]) - 1].strip() == found[2]
    assert len(found[3]) == len(found[2])


def test_carets_are_below_what_raised(late: Report) -> None:
    """The expression and not the whole line, whatever letters stand before it."""
    lines = shown(late, Page()).splitlines()
    (at,) = [n for n, line in enumerate(lines) if "│ größe" in line]
    carets = lines[at + 1]
    assert lines[at][carets.index("^") : carets.rindex("^") + 1] == "result.Tee"


def test_what_follows_from_the_first_thing_is_one_sentence(late: Report) -> None:
    """Checks that an exception made impossible are counted, not listed."""
    text = " ".join(shown(late, Page()).split())
    blocked = sum(check.status == "blocked" for check in late.checks)
    assert "10 of 14 groups are right, one thing to fix." in text
    assert f"and {blocked} checks that need it (input-gradient, trainable, " in text


def test_all_shows_every_failure(cases: Mapping[str, Case]) -> None:
    """With their titles, which say what is not so yet."""
    report = cases["failing"].report
    text = shown(report, Page(whole=True))
    for failure in arrange(report).failures:
        assert f"✗ not yet: {failure.check.title}" in text
    assert "not yet" not in shown(report, Page())


def test_full_marks_are_praised_and_the_next_exercise_is_named(cases: Mapping[str, Case]) -> None:
    """As far as there is one."""
    report = cases["passing"].report
    text = shown(report, Page(next_problem="relu"))
    assert "All 14 groups are right. Well done!\nNext exercise: grader show relu\n" in text
    assert "Next exercise" not in shown(report, Page())


def test_a_nearly_right_file_is_not_red(cases: Mapping[str, Case]) -> None:
    """Yellow from half of the marks on; green is for all of them."""
    assert "\x1b[1;33m92 / 100" in shown(cases["failing"].report, Page(color=True))
    assert "\x1b[1;32m100 / 100" in shown(cases["passing"].report, Page(color=True))
    assert "\x1b[1;31mnot gradable" in shown(cases["empty"].report, Page(color=True))


ENDLESS = "while True:\n    pass\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudoterminals")
@pytest.mark.parametrize(("term", "moves"), [("xterm", True), ("dumb", False)])
def test_a_slow_file_is_not_silent(term: str, moves: bool, tmp_path: Path) -> None:
    """A terminal is told what is being done, and then the line is taken away if that is known."""
    import pty

    (tmp_path / "endless.py").write_text(ENDLESS, "utf-8")
    here, there = pty.openpty()
    environment = {**os.environ, "TERM": term, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "grader", "check", "dense", str(tmp_path / "endless.py")]
    with os.fdopen(here, "rb", buffering=0) as terminal:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=there, env=environment, check=False
        )
        os.close(there)
        told = terminal.read(10_000).decode()
    assert b"did not return within" in done.stdout
    assert told.count("Checking endless.py") >= 1
    assert told.endswith("\r\x1b[K") == moves
    assert ("\x1b" in told) == moves


def test_a_pipe_is_told_nothing_meanwhile(tmp_path: Path) -> None:
    """Standard error stays empty where it is no terminal."""
    (tmp_path / "endless.py").write_text(ENDLESS, "utf-8")
    command = [sys.executable, "-m", "grader", "check", "dense", str(tmp_path / "endless.py")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
