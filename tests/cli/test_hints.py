"""`grader check --hint`: hints one step at a time, and the history that they come from."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.cli import history
from grader.grading.in_process import grade
from grader.model.problem import Problem
from grader.model.submission import read_submission
from grader.reporters import Page
from grader.views.hints import hints_for, render_hints
from tests.conftest import ROOT, Run

SAMPLES = ROOT / "submissions" / "dense"
WRONG = SAMPLES / "rejected" / "bias_gradient_mean.py"
TITLES = ["Where to look", "Ask yourself", "The smallest example", "The idea"]

Student = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def student(grader: Run, tmp_path: Path) -> Student:
    """A student with a history, in a folder with a wrong dense.py."""
    shutil.copy(WRONG, tmp_path / "dense.py")
    state = str(tmp_path.parent / f"{tmp_path.name}-state")

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return grader(*arguments, env={"GRADER_NO_HISTORY": "", "XDG_STATE_HOME": state, **env})

    return run


def titles(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The titles of the hints that were given."""
    return re.findall(r"^\d of \d  (.*)$", done.stdout, re.M)


def test_each_call_goes_one_step_on(student: Student, tmp_path: Path) -> None:
    """Until the last; the report tells nothing of it, and another mistake begins anew."""
    for step in (1, 2, 3, 4):
        done = student("check", "dense.py", "--hint")
        assert (done.returncode, done.stderr) == (1, "")
        assert titles(done) == TITLES[:step]
        told = "The bias gradient is the mean" in done.stdout
        assert told == (step == 4)
    plain = student("check", "dense.py")
    assert plain.stdout == student("check", "dense.py", GRADER_NO_HISTORY="1").stdout
    shutil.copy(SAMPLES / "rejected" / "output_squeezed.py", tmp_path / "dense.py")
    assert titles(student("check", "dense.py", "--hint")) == TITLES[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dense.py"]


def test_a_step_can_be_asked_for(student: Student) -> None:
    """Also where there is no history; the option may stand before the file."""
    assert titles(student("check", "--hint", "3", "dense.py")) == TITLES[:3]
    assert titles(student("check", "--hint", "dense.py")) == TITLES
    done = student("check", "--hint", "dense.py", GRADER_NO_HISTORY="1")
    assert titles(done) == TITLES[:1]
    assert "One step further: --hint 2." in done.stdout
    assert student("check", "dense.py", "--hint", "5").returncode == 2
    assert student("check", "dense.py", "--hint", "-o", "x.html").returncode == 2


def test_hints_for_a_failure_without_a_name(dense: Problem) -> None:
    """The check's title as a question, its example, and what the statement says of the method."""
    submission = read_submission(SAMPLES / "rejected" / "output_squeezed.py")
    report = replace(grade(dense, submission, only="forward"), diagnoses=())
    page = Page(40, source=submission.text)
    hints = hints_for(report, page, dense.statement)
    assert hints is not None
    assert hints.mistake == "test_forward"
    text = render_hints(report, page, hints, 4)
    assert max(map(len, text.splitlines())) <= 40
    assert [step.title for step in hints.steps] == TITLES
    words = " ".join(text.split())
    assert "Is this so? " in words
    assert "forward_pass(self, X, training=True) returns the output and remembers X" in words
    assert "grader show dense" in words


@pytest.mark.parametrize("text", ["", "class Dense(:\n"])
def test_a_file_that_cannot_be_graded(text: str, student: Student, tmp_path: Path) -> None:
    """An empty file has its report, and a wrong line its hints."""
    (tmp_path / "dense.py").write_text(text)
    done = student("check", "dense.py", "--hint", "4")
    assert (done.returncode, done.stderr) == (1, "")
    assert "not gradable" in done.stdout
    assert len(titles(done)) == (3 if text else 0)


def test_a_right_file_needs_no_hint(student: Student, tmp_path: Path) -> None:
    """It has the report of full marks."""
    shutil.copy(SAMPLES / "accepted" / "einsum.py", tmp_path / "dense.py")
    done = student("check", "dense.py", "--hint")
    assert done.returncode == 0
    assert "100 / 100" in done.stdout
    assert titles(done) == []


@pytest.mark.parametrize("place", ["file", "full", "nowhere", "folder", "garbage"])
def test_no_check_fails_with_its_history(place: str, student: Student, tmp_path: Path) -> None:
    """The state folder is a file, the disk is full, there is no home, or it holds junk."""
    state = tmp_path.parent / f"{tmp_path.name}-{place}"
    kept = state / "dense-grader" / "history.jsonl"
    environment = {"XDG_STATE_HOME": str(state)}
    if place == "file":
        state.write_text("")
    elif place == "nowhere":
        environment["XDG_STATE_HOME"] = "not/absolute"
    else:
        kept.parent.mkdir(parents=True)
        if place == "full":
            kept.symlink_to("/dev/full")
        elif place == "folder":
            kept.mkdir()
        else:
            kept.write_bytes(b'\xff\n{"problem": 3}\n[]\n{"problem": "dense", "fi')
    done = student("check", "dense.py", "--hint", **environment)
    assert (done.returncode, done.stderr) == (1, "")
    assert titles(done) == TITLES[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dense.py"]
    if place == "garbage":  # what was cut off spoils no later line
        assert titles(student("check", "dense.py", "--hint", **environment)) == TITLES[:2]


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Lines of several processes never mix; a long file is cut and keeps what is solved."""
    code = (
        "import sys; from grader.cli import history as h\n"
        "for i in range(300): h.remember(h.Attempt('relu', sys.argv[1] * 200, i, 300, i == 7))\n"
    )
    environment = {**os.environ, "GRADER_NO_HISTORY": "", "XDG_STATE_HOME": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT)
    writers = [
        subprocess.Popen([sys.executable, "-c", code, name], env=environment) for name in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    kept = tmp_path / "dense-grader" / "history.jsonl"
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines() if line]
    assert len(lines) == 900
    for name in "abc":
        rights = [line["right"] for line in lines if line["file"] == name * 200]
        assert rights == list(range(300))


def test_a_long_history_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the latest attempts, and that problems were solved."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("GRADER_NO_HISTORY")
    history.remember(history.Attempt("relu", "/old", 1, 1, solved=True))
    kept = tmp_path / "dense-grader" / "history.jsonl"
    line = b'{"problem":"dense","file":"/some/where/dense.py","right":1,"of":14}\n'
    with kept.open("ab") as file:
        file.write(line * (history.LONGEST // len(line) + 1))
    history.remember(history.Attempt("dense", "/new", 2, 14))
    assert kept.stat().st_size < history.LONGEST / 2
    assert history.solved() == {"relu"}
    assert history.last("dense", Path("/new")) == history.Attempt("dense", "/new", 2, 14)
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_grading_classes_writes_no_history(student: Student, tmp_path: Path) -> None:
    """Only checks do."""
    state = tmp_path / "state"
    (tmp_path / "class").mkdir()
    shutil.copy(WRONG, tmp_path / "class" / "a.py")
    done = student(
        "grade", "relu", "class", "-o", "out", "--allow-unisolated", XDG_STATE_HOME=str(state)
    )
    assert done.returncode == 0, done.stderr
    assert not state.exists()
