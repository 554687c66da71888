"""Grading on kernels that lack a layer: what still holds, and what is said about what does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("layers of Linux", allow_module_level=True)

from grader.sandbox.jail import landlock, seccomp

needs_seccomp = pytest.mark.skipif(seccomp.architecture() is None, reason="no list of calls")
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="no Landlock here")

REFERENCE = ROOT / "reference" / "dense.py"
IMPORTS = ROOT / "tests" / "attacks" / "63_legit_imports.py"


def grader(lacking: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line on a kernel without some layers."""
    kernels = ROOT / "tests" / "sandbox" / "kernels.py"
    command = [sys.executable, str(kernels), lacking, "--", sys.executable, "-m", "grader"]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": paths, "COLUMNS": "80"}
    return subprocess.run(
        [*command, *map(str, arguments)], env=environment, capture_output=True, text=True
    )


@needs_seccomp
@pytest.mark.parametrize("file", [REFERENCE, IMPORTS], ids=lambda path: path.stem)
def test_a_whole_grading_holds_without_landlock(file: Path) -> None:
    """No file is opened at all then; what students plausibly import is there all the same."""
    done = grader("landlock", "check", "dense", file, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert all(report["isolation"].values())
    assert report["score"] == 100.0


@needs_seccomp
@pytest.mark.parametrize("encoding", ["cp932", "iso2022_jp"])
def test_any_encoding_is_read_where_no_file_opens(encoding: str, tmp_path: Path) -> None:
    """The worker has no codec for it, and needs none: the judge has decoded the file."""
    text = f"# coding: {encoding}\nassert '層' == '\\u5c64'\n{REFERENCE.read_text('utf-8')}"
    (tmp_path / "dense.py").write_bytes(text.encode(encoding, "ignore"))
    done = grader("landlock", "check", "dense", tmp_path / "dense.py")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_seccomp
@pytest.mark.parametrize("lacking", ["seccomp", "landlock,seccomp"])
def test_a_check_without_isolation_is_called_practice(lacking: str) -> None:
    """The marks are told, and that they were not defended."""
    done = grader(lacking, "check", "dense", REFERENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "practice: not isolated here" in done.stdout
    assert "network" in done.stdout.partition("not isolated here")[2]


def test_an_isolated_check_is_not_called_practice() -> None:
    """The word is kept for where it is true."""
    assert "practice" not in grader("nothing", "check", "dense", REFERENCE).stdout


@needs_seccomp
def test_the_doctor_says_what_is_open_and_what_to_do() -> None:
    """Each open thing by name, its advice once, and an exit code for scripts."""
    done = grader("landlock,seccomp", "doctor")
    assert done.returncode == 4
    assert "✗ files: " in done.stdout
    assert "OPEN: read" in done.stdout
    assert "OPEN: send by UDP" in done.stdout
    assert done.stdout.count("Landlock is missing") == 1
    assert done.stdout.count("with seccomp, or grade where") == 1
    assert "✓ wall time" in done.stdout


@needs_landlock
@needs_seccomp
def test_without_seccomp_files_stay_closed() -> None:
    """One layer less is not all of them less."""
    done = grader("seccomp", "doctor", "--verbose")
    assert done.returncode == 4
    assert f": read {REFERENCE}" in done.stdout
    assert f"OPEN: read {REFERENCE}" not in done.stdout
