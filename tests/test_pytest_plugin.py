"""The pytest door, in pytest runs of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.conftest import ROOT

if "dense-grader" not in entry_points(group="pytest11").names:
    pytest.skip("the package is not installed here", allow_module_level=True)

WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
Door = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Run pytest in an empty folder."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "--color=no", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_a_wrong_submission(door: Door, tmp_path: Path) -> None:
    """Its checks are test cases, three fail in the grader's words, and the mistake is named."""
    done = door(
        "--grader-problem=dense",
        "--grader-submission",
        WRONG,
        "--junitxml=out.xml",
        "-p",
        "no:randomly",
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"\b3 failed, \d+ passed\b", done.stdout)
    assert "The smallest failing example: 2 rows, 1 input, 1 unit" in done.stdout
    assert "The bias gradient is the mean over the batch" in done.stdout
    assert "92 / 100" in done.stdout
    assert "pytest_plugin.py" not in done.stdout
    cases = ElementTree.parse(tmp_path / "out.xml").findall(".//testcase")
    failed = {case.get("name") for case in cases if case.find("failure") is not None}
    assert failed == {
        "test_bias_gradient",
        "test_bias_gradient_layouts",
        "test_bias_gradient_numerically",
    }


def test_one_check_of_a_submission(door: Door, tmp_path: Path) -> None:
    """Editors ask for single checks by their place."""
    (tmp_path / "dense.py").write_bytes(WRONG.read_bytes())
    chosen = "dense.py::bias-gradient::test_bias_gradient"
    done = door("--grader-problem=dense", "--grader-submission=dense.py", chosen)
    assert "1 failed in" in done.stdout


def test_nothing_of_the_submissions_folder_runs_in_this_process(door: Door, tmp_path: Path) -> None:
    """Neither the file, whoever would like to collect it, nor a conftest.py beside it."""
    mark = "import os, pathlib\npathlib.Path(os.environ['MARK']).write_text(str(os.getpid()))\n"
    os.environ["MARK"] = str(tmp_path / "mark")
    try:
        (tmp_path / "conftest.py").write_text(mark, "utf-8")
        (tmp_path / "test_dense.py").write_text(mark + WRONG.read_text("utf-8"), "utf-8")
        options = ["--grader-problem=dense", "--grader-submission=test_dense.py"]
        done = door(*options, "--doctest-modules", "-q")  # where it runs, MARK is not known
    finally:
        del os.environ["MARK"]
    assert "3 failed" in done.stdout
    assert not (tmp_path / "mark").exists()


def test_a_submission_without_the_class(door: Door, tmp_path: Path) -> None:
    """There is nothing to collect, and the reason is the grader's."""
    (tmp_path / "dense.py").write_text("class DenseLayer: pass\n", "utf-8")
    done = door("--grader-problem=dense", "--grader-submission=dense.py")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "there is no class 'Dense'" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--grader-problem=dense"], "go together"),
        (["--grader-submission=x.py"], "go together"),
        (["--grader-problem=dense", "--grader-submission=x.py"], "x.py: no such file"),
        (["--grader-problem=dnse", f"--grader-submission={WRONG}"], "no problem named 'dnse'"),
    ],
)
def test_wrong_usage(door: Door, arguments: list[str], said: str) -> None:
    """What is wrong with the options is said at once, without a traceback."""
    done = door(*arguments)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_options_the_door_is_inert(door: Door, tmp_path: Path) -> None:
    """An ordinary run collects what it would, and loads of the grader one module only."""
    (tmp_path / "test_ordinary.py").write_text(
        "import sys\n"
        "def test_modules():\n"
        "    ours = {m for m in sys.modules if m.split('.')[0] == 'grader'}\n"
        "    assert ours == {'grader', 'grader.pytest_plugin'}\n",
        "utf-8",
    )
    done = door()
    assert done.returncode == 0, done.stdout
