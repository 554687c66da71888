"""`grader check FILE --example`: the statement's own example."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.judge.worked_example import run_example
from grader.model.problem import Library
from grader.model.submission import Submission, read_submission, submission_from
from grader.sandbox.launch import start_workers
from tests.conftest import ROOT, Run

LIBRARY = Library.find(ROOT)
SQUEEZED = ROOT / "submissions" / "dense" / "rejected" / "output_squeezed.py"


@pytest.mark.parametrize("slug", [*LIBRARY.slugs(), "the-layer"])
def test_every_reference_prints_what_its_statement_says(slug: str) -> None:
    """In all problems, and in the template of new ones; the starter does not."""
    template = Library(ROOT / "grader" / "authoring" / "template" / "class")
    problem = (template if slug == "the-layer" else LIBRARY).load(slug)
    workers = start_workers(problem.private_paths)
    try:
        run = run_example(problem, read_submission(problem.reference_path), workers)
        assert run is not None
        assert run.right, run
        started = run_example(problem, read_submission(problem.starter_path), workers)
        assert started is not None
        assert not started.right
    finally:
        workers.close()


@pytest.mark.parametrize("columns", ["40", "100"])
def test_both_outputs_are_shown(columns: str, grader: Run) -> None:
    """Beside each other where they fit; a line that differs has a star, and the exit code is 1."""
    done = grader("check", "dense", SQUEEZED, "--example", env={"COLUMNS": columns})
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert "Not the same: one line differs." in lines
    assert ("  expected" in lines) == (columns == "40")
    (marked,) = [line for line in lines if line.endswith("*")]
    assert columns == "40" or marked.startswith(
        "  [[ 0.10162127 -0.33551992 -0.64490545]]    [ 0.1"
    )


def of_relu(source: str) -> Submission:
    """A file for `relu`."""
    return submission_from("relu.py", source.encode())


def test_what_ends_the_example_is_told() -> None:
    """An exception with its line, or a limit; what is printed besides is nothing wrong."""
    problem = LIBRARY.load("relu")
    workers = start_workers(problem.private_paths)
    right = problem.reference_path.read_text("utf-8")
    try:

        def run(source: str) -> str:
            done = run_example(problem, of_relu(source), workers)
            assert done is not None
            assert done.right == (not done.error)
            return done.error

        assert run(right + "\nprint('below')\n") == ""
        assert run("print(1)\n" + right.replace("return", "print('x')\n        return")) == ""
        error = run("class ReLU:\n    def forward(self, X):\n        return X / 0 + {}\n")
        assert error.startswith("Your line 3 raised TypeError:")
        assert "did not return within 2 s" in run(
            "class ReLU:\n    def forward(self, X):\n        while 1: 1\n"
        )
        assert run("class ReLU: pass\n").startswith("The example raised AttributeError:")
        for nothing in ("", "class (", "x = 1\n", "import os\nos._exit(1)\n"):
            assert run_example(problem, of_relu(nothing), workers) is None
    finally:
        workers.close()


def test_a_file_without_the_class_gets_its_report(grader: Run, tmp_path: Path) -> None:
    """There is nothing to run the example with; the report says why."""
    (tmp_path / "relu.py").write_text("class (\n")
    done = grader("check", "relu.py", "--example")
    assert done.returncode == 1
    assert "Line 1 is not Python" in done.stdout


def test_the_example_goes_alone(grader: Run, tmp_path: Path) -> None:
    """It makes no report that could be written; a statement without one says so."""
    refused = grader("check", "dense", SQUEEZED, "--example", "-o", "r.html")
    assert (refused.returncode, refused.stdout) == (2, "")
    for part in ("problems", "reference"):
        shutil.copytree(ROOT / part, tmp_path / part)
    statement = tmp_path / "problems" / "relu" / "statement.md"
    statement.write_text("# ReLU\n\n```python\nprint(1)\n```\n")
    none = grader("check", "relu", SQUEEZED, "--example", "--library", tmp_path)
    assert none.returncode == 2
    assert "the statement of relu has no section 'Worked example'" in none.stderr
