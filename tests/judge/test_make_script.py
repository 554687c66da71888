"""Scripts that show a failure: what only some problems do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.grading.in_process import grade
from grader.model.problem import Library
from grader.model.report import CheckResult
from grader.model.submission import submission_from

SETTINGS = """
title = "t"
summary = "s"
entry = "Layer"
groups = [{ id = "one", points = 100, title = "One" }]
provided = { modules = ["tools"], names = { np = "numpy", json = "json" } }
"""
CHECKS = """
import numpy as np
from grader.checks import check, expect_close

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


DEFINING = """
from dataclasses import dataclass
import numpy as np
from grader.checks import check, expect_close

@dataclass
class Half:
    rest: float = 0.5
    def apply(self, x):
        return x / 2 + self.rest

@check("one", "a layer that a class method makes, used by a subclass of ours")
def test_one(student):
    half = student.expose(Half(), "apply", local=True)
    with student.program():
        ours = student.define(OURS)
        layer = student.Layer.from_dict.make({"f": None}, ours.tool())
        deep = ours.Deep(half)
        deep.run(np.ones(2))
        found = ours.result(layer, deep)
    expect_close(found.value, np.array([2.0, 1.0]), what="result")

OURS = '''
    class Deep(student.Layer):
        def run(self, x):
            super().run(self.function.apply(x))

    def tool():
        from tools import double
        return double

    def result(layer, deep):
        layer.run(np.ones(1))
        return np.append(layer.last, deep.last[:1] if deep.function.rest else 0)
'''
"""
MAKING = """
class Layer:
    def __init__(self, function):
        self.function = function
    @classmethod
    def from_dict(cls, data, function):
        layer = cls(function)
        assert json.dumps(data)
        return layer
    def run(self, x):
        self.last = self.function(x) if callable(self.function) else x
"""


def reproduce(library: Path, checks: str, reference: str, wrong: str) -> CheckResult:
    """Grade a wrong file; see that its script fails for it, and not for the right one."""
    folder = library / "problems" / "small"
    (folder / "provided").mkdir(parents=True)
    (library / "reference").mkdir()
    (folder / "problem.toml").write_text(SETTINGS, "utf-8")
    (folder / "checks.py").write_text(checks, "utf-8")
    (folder / "provided" / "tools.py").write_text(TOOLS, "utf-8")
    (library / "reference" / "small.py").write_text(f"import json\n{reference}", "utf-8")
    report = grade(Library(library).load("small"), submission_from("a.py", wrong.encode()))
    (check,) = report.checks
    script = library / "script.py"
    script.write_text(str(check.reproduce), "utf-8")
    for source, code in ((wrong, 1), (reference, 0)):
        (library / "a.py").write_text(source, "utf-8")
        command = [sys.executable, "-I", str(script), str(library / "a.py")]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stderr
        assert ("AssertionError" in ran.stderr) == bool(code)
    return check


def test_dictionaries_and_given_functions_are_written_out(tmp_path: Path) -> None:
    """A script sets a dictionary, hands a function over, and compares one entry of another."""
    wrong = LAYER.replace("self.function(self.p", "1 + self.function(self.p")
    reproduce(tmp_path, CHECKS, LAYER, wrong)


def test_definitions_and_class_methods_are_written_out(tmp_path: Path) -> None:
    """A script defines what the judge has defined, with all that it and the file need."""
    wrong = MAKING.replace("self.last = self", "self.last = 1 + self")
    check = reproduce(tmp_path, DEFINING, MAKING, wrong)
    lines = MAKING.splitlines()
    assert [lines[n - 1].split()[0] for n in check.evidence["lines"]] == ["self.last"]
