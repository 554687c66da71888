"""Scripts that show a failure: what only some problems do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.grading import grade
from grader.problem import Library
from grader.submission import submission_from

SETTINGS = """
title = "t"
summary = "s"
entry = "Layer"
groups = [{ id = "one", points = 100, title = "One" }]
provided = { modules = ["tools"], names = { np = "numpy" } }
"""
CHECKS = """
import numpy as np
from grader.judge import check, expect_close

@check("one", "the cache holds the doubled weights")
def test_one(student):
    with student.program():
        layer = student.Layer(student.given("tools", "double"))
        layer.p = {"W": np.ones((1, 2)), "scale": 3.0}
        layer.run(1)
        cache = layer.cache
    expect_close(cache.value["W"], np.full((1, 2), 2.0), what="layer.cache['W']")
"""
TOOLS = """
def double(x):
    return 2 * x
"""
LAYER = """
class Layer:
    def __init__(self, function):
        self.function, self.cache = function, {}
    def run(self, times):
        self.cache["W"] = self.function(self.p["W"])
"""


def test_dictionaries_and_given_functions_are_written_out(tmp_path: Path) -> None:
    """A script sets a dictionary, hands a function over, and compares one entry of another."""
    folder = tmp_path / "problems" / "small"
    (folder / "provided").mkdir(parents=True)
    (tmp_path / "reference").mkdir()
    (folder / "problem.toml").write_text(SETTINGS, "utf-8")
    (folder / "checks.py").write_text(CHECKS, "utf-8")
    (folder / "provided" / "tools.py").write_text(TOOLS, "utf-8")
    (tmp_path / "reference" / "small.py").write_text(LAYER, "utf-8")
    wrong = LAYER.replace("self.function(self.p", "1 + self.function(self.p")
    report = grade(Library(tmp_path).load("small"), submission_from("a.py", wrong.encode()))
    (check,) = report.checks
    script = tmp_path / "script.py"
    script.write_text(str(check.reproduce), "utf-8")
    for source, code in ((wrong, 1), (LAYER, 0)):
        (tmp_path / "a.py").write_text(source, "utf-8")
        command = [sys.executable, "-I", str(script), str(tmp_path / "a.py")]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (code, ""), ran.stdout
