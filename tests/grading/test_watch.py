"""``grader check --watch``, in a process of its own, steered by what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("watchfiles")

RIGHT = (ROOT / "submissions" / "dense" / "accepted" / "matmul_operator.py").read_bytes()
WRONG = (ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py").read_bytes()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A watcher of ``dense.py``, which is wrong to begin with, and was worse at the last try."""
    (tmp_path / "dense.py").write_bytes(WRONG)
    kept = tmp_path.parent / f"{tmp_path.name}-state" / "dense-grader" / "history.jsonl"
    kept.parent.mkdir(parents=True)
    attempt = {"problem": "dense", "file": str(tmp_path / "dense.py"), "right": 2, "of": 14}
    kept.write_text(json.dumps(attempt))
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "dense", "dense.py", "--watch"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "GRADER_NO_HISTORY": "",
            "XDG_STATE_HOME": str(tmp_path.parent / f"{tmp_path.name}-state"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def told(process: subprocess.Popen[str], last: str = "Ctrl-C leaves") -> str:
    """Everything up to a line that has ``last`` in it; the end of the output is an error."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if last in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_every_version_is_graded_and_compared(
    watching: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Saving in place, saving by renaming, and a file that is gone for a while."""
    file = tmp_path / "dense.py"
    first = told(watching)
    assert "92 / 100" in first
    assert "Since the last version" not in first
    assert "Since the last try:\n  2 of 14 → 13 of 14 groups right\n" in first
    (tmp_path / "other").write_bytes(RIGHT)
    (tmp_path / "other").replace(file)
    second = told(watching)
    assert "100 / 100" in second
    assert "Since the last version: 92 → 100" in second
    assert "failed → passed: The optimizer is given the column sums of G for w0" in second
    assert "\n  13 of 14 → 14 of 14 groups right\n" in second
    file.unlink()
    assert "dense.py: No such file or directory; waiting for it" in told(watching, "waiting")
    file.write_bytes(RIGHT + b"# the same\n")
    assert "Since the last version: no change" in told(watching)
    watching.send_signal(signal.SIGINT)
    rest = watching.communicate()[0]
    assert watching.returncode == 0  # that of the last version
    assert "Traceback" not in rest


def test_ctrl_c_leaves_with_the_code_of_the_last_version(
    watching: subprocess.Popen[str],
) -> None:
    """Cleanly, with nothing but a line break, and with no process left behind."""
    told(watching)
    os.killpg(watching.pid, signal.SIGINT)
    assert watching.communicate()[0].strip() == ""
    assert watching.returncode == 1
