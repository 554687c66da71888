"""What is said about misspelt names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import did_you_mean
from tests.conftest import ROOT, Run

RIGHT = ROOT / "submissions" / "dense" / "accepted" / "einsum.py"


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("chek", "dense"), "Did you mean 'check'?"),
        (("verfy",), "Did you mean 'verify'?"),
        (("check", "dense", RIGHT, "--reproduc", "scripts"), "--reproduce"),
        (("check", "dens", RIGHT), "did you mean 'dense'?"),
        (("check", "Dense_Cache"), "did you mean 'dense-caches'?"),
        (("show", "rellu"), "did you mean 'relu'?"),
        (("check", "dense", RIGHT, "--only", "bias"), "did you mean 'bias-gradient'?"),
        (("check", "dense", RIGHT, "--only", "foward"), "did you mean 'forward'?"),
    ],
)
def test_what_may_have_been_meant(
    arguments: tuple[str | Path, ...], meant: str, grader: Run
) -> None:
    """Commands (loaded on demand), options, problems and groups; all is wrong usage."""
    done = grader(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert meant in done.stderr


def test_what_is_like_nothing_gets_no_suggestion(grader: Run) -> None:
    """Then the names that there are must do."""
    assert did_you_mean("xyzzy", ["dense", "relu"]) == ""
    assert did_you_mean("x", []) == ""
    done = grader("check", "dense", RIGHT, "--only", "xyzzy")
    assert "there are: constructor" in done.stderr
    assert "did you mean" not in done.stderr


def test_a_command_loads_no_other_commands(tmp_path: Path) -> None:
    """Nobody who checks waits for what grades classes."""
    code = (
        "import os, sys\n"
        "from grader.cli import main as m\n"
        "sys.argv = ['grader', 'check', 'nothing.py']\n"
        "m._leave = lambda code: print(*(n for n in sys.modules if n.startswith('grader.')))\n"
        "m.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "grader.cli.check" in loaded
    other = {
        f"grader.cli.{name}" for name in ("demo", "export", "grade", "new", "platforms", "verify")
    }
    assert not loaded & {*other, "grader.judge", "grader.results"}
