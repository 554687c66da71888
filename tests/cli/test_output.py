"""Where `grader check` reads a submission from and writes its report to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT, Run

WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
CELLS = [{"cell_type": "code", "source": "x = 1"}]
NOTEBOOK = json.dumps({"cells": CELLS, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def piped(source: bytes, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """`grader check` with a submission on its standard input."""
    command = [sys.executable, "-m", "grader", "check", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(
        command, input=source, cwd=folder, env=environment, capture_output=True, check=False
    )


def test_standard_input_is_graded_as_a_file_is(grader: Run, tmp_path: Path) -> None:
    """The report differs in the name only, with the problem given or found."""
    done = piped(WRONG.read_bytes(), tmp_path, "-")
    assert done.returncode == 1
    _, _, body = done.stdout.decode().partition("\n")
    assert body == grader("check", "dense", WRONG).stdout.partition("\n")[2]
    assert done.stdout.startswith(b"dense  stdin.py ")
    assert piped(WRONG.read_bytes(), tmp_path, "dense", "-").stdout == done.stdout


@pytest.mark.parametrize(("source", "said"), [(b"", b"is empty"), (NOTEBOOK, b"the notebook")])
def test_standard_input_may_be_empty_or_a_notebook(
    source: bytes, said: bytes, tmp_path: Path
) -> None:
    """Both get the report that a file would."""
    done = piped(source, tmp_path, "dense", "-")
    assert (done.returncode, done.stderr) == (1, b"")
    assert said in done.stdout


def test_scripts_for_standard_input_come_with_it(tmp_path: Path) -> None:
    """--reproduce writes the submission beside them; --watch has nothing to watch."""
    done = piped(WRONG.read_bytes(), tmp_path, "dense", "-", "--reproduce", "shown")
    assert b"shown/stdin.py" in done.stderr
    script = [sys.executable, "-I", "shown/bias_gradient.py", "shown/stdin.py"]
    shown = subprocess.run(script, cwd=tmp_path, capture_output=True, check=False)
    assert b"AssertionError" in shown.stderr
    refused = piped(b"", tmp_path, "dense", "-", "--watch")
    assert (refused.returncode, refused.stderr) == (
        2,
        b"grader: standard input cannot be watched; name a file\n",
    )


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", "<!doctype html>"),
        ("r.HTM", "<!doctype html>"),
        ("r.json", "{"),
        ("r.md", "#"),
        ("r.sarif", "{"),
        ("r.csv", '"student"'),
        ("r.txt", "dense  "),
        ("r", "dense  "),
    ],
)
def test_the_ending_chooses_the_format(name: str, begins: str, grader: Run, tmp_path: Path) -> None:
    """Also in capitals; without one it is text."""
    done = grader("check", "dense", WRONG, "--only", "forward", "-o", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "16 / 16" in done.stdout
    assert done.stdout.endswith(f"wrote {name}\n")
    assert (tmp_path / name).read_text("utf-8").lower().startswith(begins)


def test_a_format_that_is_asked_for_wins(grader: Run, tmp_path: Path) -> None:
    """.xml is JUnit unless something else is asked for; an ending of no format needs one."""
    only = ("check", "dense", WRONG, "--only", "forward")
    assert grader(*only, "-o", "r.xml").returncode == 0
    assert ElementTree.parse(tmp_path / "r.xml").getroot().tag == "testsuites"
    assert grader(*only, "-o", "r.xml", "--format", "json").returncode == 0
    assert (tmp_path / "r.xml").read_text().startswith("{")
    refused = grader(*only, "-o", "r.pdf")
    assert refused.returncode == 2
    assert "no format ends with .pdf" in refused.stderr
    assert not (tmp_path / "r.pdf").exists()
    assert grader(*only, "-o", "r.pdf", "--format", "json").returncode == 0


def test_the_score_fits_narrow_terminals(grader: Run) -> None:
    """What is said beside a written report keeps to 40 columns."""
    done = grader("check", "dense", WRONG, "-o", "r.json", env={"COLUMNS": "40"})
    assert max(map(len, done.stdout.splitlines())) <= 40
