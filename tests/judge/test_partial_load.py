"""One line never costs everything: what a file defines is graded, whatever else stands in it."""

from __future__ import annotations

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import submission_from

RELU = """import numpy as np

class ReLU:
    def forward(self, X):
        self.positive = X > 0
        return np.where(self.positive, X, 0)

    def backward(self, G):
        return np.where(self.positive, G, 0)
"""
LINE = RELU.count("\n") + 1
"""The first one below the class."""

HARMLESS = {
    "an absent module": ("import numpi\n" + RELU, 1, "no module numpi"),
    "a module of one's own": ("from .tools.extra import draw, plot\n" + RELU, 1, ".tools.extra"),
    "several imports in a line": ("import os, pandas as pd, sys\n" + RELU, 1, "pandas"),
    "a missing name": ("from collections import OrderedSet\n" + RELU, 1, "OrderedSet"),
    "a star": ("from nowhere import *\n" + RELU, 1, "nowhere"),
    "an absent annotation": (
        "import torch\n" + RELU.replace("(self, X)", "(self, X: torch.Tensor) -> torch.Tensor"),
        1,
        "torch",
    ),
    "an absent decorator": (
        "import numba\n" + RELU.replace("    def for", "    @numba.njit(cache=True)\n    def for"),
        1,
        "numba",
    ),
    "an absent base class": (
        "from torch import nn\n" + RELU.replace("ReLU:", "ReLU(nn.Module):"),
        1,
        "torch",
    ),
    "an absent default": (
        "import jax\n" + RELU.replace("(self, G)", "(self, G, dtype=jax.numpy.float32)"),
        1,
        "jax",
    ),
    "use above the class": ("import seaborn as sns\nsns.set()\n" + RELU, 1, "Line 2"),
    "use below": (
        f"import pandas\n{RELU}frame = pandas.DataFrame()\nframe.plot()\n",
        1,
        f"{LINE + 1}, {LINE + 2}",
    ),
    "in a block": ("if True:\n    import torch\n    X = 1\n" + RELU, 2, "torch"),
    "a failing demo": (f"{RELU}ReLU().backward(1)\n", LINE, "AttributeError"),
    "a demo above": (f"ReLU().forward(1)\n{RELU}", 1, "ReLU"),
    "two on a line": (f"{RELU}a = 1; 1 / 0; b = 2\n", LINE, "ZeroDivisionError"),
    "a question": (f"n = int(input())\n{RELU}", 1, "nobody is there"),
    "an exit above": (f"import sys\nsys.exit('bye')\n{RELU}", 2, "ends the program"),
    "a derived exit": (
        f"class Stop(SystemExit):\n    pass\nraise Stop\n{RELU}",
        3,
        "ends the program",
    ),
    "an interruption": (f"{RELU}raise KeyboardInterrupt\n", LINE, "KeyboardInterrupt"),
    "a deletion that is not reached": (f"{RELU}1 / 0\ndel ReLU\n", LINE, "ZeroDivisionError"),
    "a loop": (f"{RELU}n = 0\nwhile True:\n    n += 1\n", LINE + 1, "did not return"),
    "an end of the process": (f"import os\nos._exit(0)\n{RELU}", 2, "ended its process"),
    "an endless message": (
        "class Bad(Exception):\n    def __str__(self):\n        while True: pass\n"
        f"{RELU}raise Bad\n",
        0,
        "did not return",
    ),
}
"""A file, the line that its note names, and what is said of it."""

UNLIKE = {
    "class body": (RELU.replace("    def for", "    1 / 0\n    def for"), "ZeroDivisionError"),
    "deleted": (f"{RELU}del ReLU\n1 / 0\n", "no class"),
}
"""Files without the class, and why."""

HOSTILE = {
    "fifty thousand": RELU + "1 / 0\n" * 50_000,
    "many": RELU + "\n".join(f"class A{n}:\n    1 / 0" for n in range(500)),
    "escapes": f"{RELU}raise ValueError('\\x1b[31m' * 10**5)\n",
    "own stand-in": f"import numpi\n{RELU}ReLU.forward = lambda self, X: numpi\n",
}
NEEDED = "import torch\n" + RELU.replace("np.where", "torch.where")


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """The report on each file, by its name."""
    sources = {name: source for name, (source, *_) in (HARMLESS | UNLIKE).items()}
    sources |= HOSTILE | {"right": RELU, "right again": RELU}
    sources["needed"] = NEEDED
    sources["needed inside"] = "import tools\n" + RELU.replace(
        "np.where(self.positive, G", "tools.f(G"
    )
    found: list[Report] = []
    submissions = [submission_from(f"{n}.py", s.encode()) for n, s in enumerate(sources.values())]
    grade_all(Library.find().load("relu"), submissions, found.append, seed=42)
    return dict(zip(sources, found, strict=True))


@pytest.mark.parametrize("name", HARMLESS)
def test_it_costs_nothing_and_is_noted(name: str, reports: dict[str, Report]) -> None:
    """Full marks, and a note with the line and the reason."""
    _, line, said = HARMLESS[name]
    report = reports[name]
    assert report.score == 100
    where = f"line {line}: " if line else ""
    assert any(note.startswith(where) and said in note for note in report.notes), report.notes


def test_a_right_file_has_no_notes(reports: dict[str, Report]) -> None:
    """Also after others that had: nothing of them is left."""
    assert reports["right"].score == 100
    assert reports["right"].notes == reports["right again"].notes == ()


@pytest.mark.parametrize("name", UNLIKE)
def test_a_class_that_is_not_made_is_missing(name: str, reports: dict[str, Report]) -> None:
    """The message says what became of it, and no note says that it costs nothing."""
    report = reports[name]
    assert (report.status, report.score) == ("unloadable", 0)
    assert UNLIKE[name][1] in report.message
    if name == "class body":
        assert report.notes == ()


def test_an_absent_module_that_is_needed_comes_first(reports: dict[str, Report]) -> None:
    """With its line, and what to write instead."""
    first = reports["needed"].diagnoses[0]
    assert first.id == "module-not-available"
    assert reports["needed"].score < 20
    assert "torch (line 1)" in first.title
    assert "np.where" in first.hint


def test_what_does_not_need_it_is_graded(reports: dict[str, Report]) -> None:
    """The forward pass is right, though the backward pass needs another file."""
    report = reports["needed inside"]
    assert 20 < report.score < 100
    assert "tools.f" in report.diagnoses[0].title


@pytest.mark.parametrize("name", HOSTILE)
def test_notes_are_few_and_short(name: str, reports: dict[str, Report]) -> None:
    """However often a file raises, and whatever."""
    notes = reports[name].notes
    assert 0 < len(notes) <= 10
    assert all(note.isprintable() and len(note) < 500 for note in notes)


def test_a_stand_in_is_no_right_answer(reports: dict[str, Report]) -> None:
    """It is no array, and equal to none."""
    assert reports["own stand-in"].score < 20


def test_it_is_the_same_each_time(reports: dict[str, Report]) -> None:
    """A report on a file that was run in part is repeated to the letter."""
    for name in ("a loop", "an end of the process", "use below", "needed"):
        again: list[Report] = []
        source = HARMLESS[name][0] if name in HARMLESS else NEEDED
        one = submission_from(reports[name].submission_name, source.encode())
        grade_all(Library.find().load("relu"), [one], again.append, seed=42)
        assert again[0].notes == reports[name].notes
        assert again[0].score == reports[name].score
        assert [d.title for d in again[0].diagnoses] == [d.title for d in reports[name].diagnoses]
