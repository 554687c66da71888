"""What the Tab key gives, in a real bash, by the line that the README has for it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run

SLUGS = ["dense", "dense-activation", "dense-caches", "dense-gradients", "dense-minimal"]

bash = shutil.which("bash")
Complete = Callable[..., list[str]]


@pytest.fixture
def complete(tmp_path: Path) -> Complete:
    """What bash offers for a command line whose last word is incomplete."""
    (tmp_path / "grader").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m grader "$@"\n'
    )
    (tmp_path / "grader").chmod(0o755)
    line = re.search(
        r'^eval "\$\(_GRADER_COMPLETE=bash_source.*?\)"', (ROOT / "README.md").read_text(), re.M
    )
    assert line is not None
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}

    def run(*words: str) -> list[str]:
        script = (
            f"compopt() {{ echo compopt $2; }}\n{line[0]}\n"
            f"COMP_WORDS=({shlex.join(words)})\nCOMP_CWORD={len(words) - 1}\n"
            f"$(complete -p grader | sed 's/.*-F //; s/ .*//') grader\n"
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        assert bash is not None
        done = subprocess.run(
            [bash, "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return [line for line in done.stdout.splitlines() if line]

    return run


@pytest.mark.skipif(bash is None, reason="there is no bash")
def test_bash_completes_problems_and_commands(complete: Complete) -> None:
    """A word that begins no problem is completed as a file, and so is the second one."""
    assert complete("grader", "ver") == ["verify"]
    assert complete("grader", "show", "de") == SLUGS
    assert complete("grader", "start", "r") == ["relu"]
    assert complete("grader", "check", "dens") == ["compopt default", *SLUGS]
    assert complete("grader", "check", "my") == ["compopt default"]
    assert complete("grader", "check", "dense", "de") == ["compopt default"]
    assert complete("grader", "check", "--exa") == ["--example"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_of_the_readme_has_a_script(shell: str, grader: Run) -> None:
    """click writes it, for the name that people type."""
    assert f"_GRADER_COMPLETE={shell}_source grader" in (ROOT / "README.md").read_text("utf-8")
    assert (
        f"_GRADER_COMPLETE={shell}_complete"
        in grader(env={"_GRADER_COMPLETE": f"{shell}_source"}).stdout
    )
