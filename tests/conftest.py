"""Shared by all tests: where things are, and how the command line is run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from grader.model.problem import Library, Problem
from tests.small_problem import make_small

# The same examples in every run, and none of them timed: a test that fails, fails again.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# Started in the background of a shell, where Ctrl-C is ignored, tests of Ctrl-C work all the same.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nobody's own history is read or added to, by whatever process a test starts.
os.environ["GRADER_NO_HISTORY"] = "1"

ROOT = Path(__file__).resolve().parents[1]

filters_calls = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"),
    reason="system calls cannot be taken away here",
)
"""For tests in which the grader runs as on a kernel without one of the jail's layers."""

LONGEST = """
    e2e/test_attacks results/test_class_run e2e/test_cli problems/test_samples
    grading/cluster/test_cluster checks/test_seeds authoring/test_verify platforms/test_bundle
    intake/test_bombs e2e/test_where_it_runs authoring/distortion/test_trying grading/test_pool
    sandbox/test_process api/test_check sandbox/test_killing e2e/test_soak api/test_ipython
""".split()
"""The files of tests that take ten seconds or more, the longest first."""


def pytest_configure(config: pytest.Config) -> None:
    """Let files go to processes in the order of the hook below, not by how many tests they have."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one process quick tests are first; in several slow ones, so that none works on alone."""
    ranks = {ROOT / "tests" / f"{name}.py": rank for rank, name in enumerate(LONGEST)}
    several = hasattr(config, "workerinput")
    sign = 1 if several else -1
    items.sort(key=lambda item: sign * ranks.get(item.path, len(ranks)))


Run = Callable[..., subprocess.CompletedProcess[str]]


def shared_memory() -> set[str]:
    """What stands in shared memory; semaphores of tests that run beside this one do not count."""
    names = {path.name for path in Path("/dev/shm").glob("*")}
    return {name for name in names if not name.startswith("sem.mp-")}


@pytest.fixture(scope="session")
def dense() -> Problem:
    """The problem that comes with the package."""
    return Library.find(ROOT).load("dense")


@pytest.fixture
def small(tmp_path: Path) -> Problem:
    """A problem whose checks do to their judge what a submission asks for."""
    return make_small(tmp_path / "library")


@pytest.fixture
def grader(tmp_path: Path) -> Run:
    """Run the command line in an empty folder, in a process of its own."""

    def run(
        *arguments: str | Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **(env or {})}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run
