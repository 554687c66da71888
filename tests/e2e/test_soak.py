"""A judge holds no more after many submissions than after a few: the short form of the soak."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("counts by /proc", allow_module_level=True)

SETTLED = 12
"""Submissions after which every kind of file has been met."""


def test_nothing_is_left_by_sixty_submissions() -> None:
    """Descriptors, processes and files are exactly as many after each, whatever was graded."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, str(ROOT / "benchmarks" / "soak.py"), "60", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    looks = json.loads(done.stdout)
    assert [look["graded"] for look in looks] == list(range(1, 61))
    counted = ("judge_descriptors", "zygote_descriptors", "processes", "files")
    found = {tuple(look[name] for name in counted) for look in looks[SETTLED:]}
    assert len(found) == 1, found
    ((judge, _, processes, files),) = found
    assert judge > 0
    assert (processes, files) == (1, 0)  # the zygote, and nothing in the folders
