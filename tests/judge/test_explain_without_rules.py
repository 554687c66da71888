"""What is said of a file by its names and by what it raises, on a small problem."""

from __future__ import annotations

import textwrap

import pytest

from grader.diagnosis.source_scan import Source
from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Diagnosis, Report
from grader.model.submission import submission_from

SETTINGS = """
title = "t"
summary = "s"
entry = "Cell"
groups = [{ id = "make", points = 20, title = "M" }, { id = "step", points = 50, title = "S" },
          { id = "count", points = 30, title = "C" }]
provided = { modules = ["base"], names = { np = "numpy", Base = "base:Base" } }
"""
CHECKS = """
import numpy as np
from grader.checks import check, expect

@check("make", "keeps its size")
def test_make(student):
    cell = student.Cell(size=2)
    with student.program():
        found = cell.size, cell.W
    expect(found[0].value == 2 and found[1].value is None, "size")

@check("step", "steps")
def test_step(student):
    cell = student.Cell(size=2)
    cell.start()
    expect(np.shape(cell.step(np.ones((3, 2)), True)) == (3, 2), "shape")

@check("count", "counts")
def test_count(student):
    cell = student.Cell(size=2)
    cell.start()
    expect(cell.count() == 4, "four")
"""
BASE = """
class Base:
    def describe(self):
        return "base"
    def step(self, X, training):
        raise NotImplementedError()
    def count(self):
        return 0
"""
CELL = """
import numpy as np

class Cell(Base):
    def __init__(self, size=1):
        self.size = size
        self.W = None

    def start(self):
        self.W = np.ones((self.size, self.size))

    def step(self, X, training=True):
        out = X @ self.W
        return out

    def count(self):
        return self.W.size
"""


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    """A cell with a base class, a method that the base class has as well, and an attribute."""
    root = tmp_path_factory.mktemp("library")
    files = {
        "problems/cell/problem.toml": SETTINGS,
        "problems/cell/checks.py": CHECKS,
        "problems/cell/provided/base.py": BASE,
        "reference/cell.py": CELL.replace(
            "import numpy as np", "import numpy as np\nfrom base import Base"
        ),
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Library(root).load("cell")


def changed(*edits: tuple[str, str]) -> str:
    """The right solution with some of its text replaced."""
    source = CELL
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


MADE = """        self.size = size
        self.W = None

    def start(self):
        self.W = np.ones((self.size, self.size))
"""
STEP = """        out = X @ self.W
        return out
"""
CERTAIN = {
    # what is not there under its name
    "method-misnamed": (("def step", "def stepp"), "called stepp; the statement calls it step"),
    "method-missing": (("def start", "def boot"), "The class has no method start"),
    "method-nested": (
        ("    def count(self):\n        return", "        def count(self):\n            return"),
        "count stands inside of another method",
    ),
    "method-outside": (
        ("    def count(self):\n        return", "def count(self):\n    return"),
        "count stands outside of the class",
    ),
    "class-misnamed": (
        ("class Cell(", "class Cells("),
        "called Cells; the statement",
    ),
    "attribute-misnamed": (
        (MADE, MADE.replace("self.size", "self.sizes")),
        "called sizes; the statement calls it size",
    ),
    "attribute-missing": (
        ("        self.W = None\n", ""),
        "There is no attribute W: line 8 sets it too late",
    ),
    # what cannot be called
    "self-missing": (("def step(self, X", "def step(X"), "step is written without self"),
    "attribute-hides-method": (
        ("        self.W = None\n", "        self.W = None\n        self.count = 4\n"),
        "The attribute self.count (line 7) hides the method count",
    ),
    "method-is-property": (
        ("    def count", "    @property\n    def count"),
        "is a property",
    ),
    "argument-missing": ((", training=True", ""), "step takes fewer arguments"),
    "argument-required": (
        ("size=1", "size, other"),
        "Cell cannot be called without other, which has no default value",
    ),
    "constructor-missing": (
        ("def __init__", "def _init_"),
        "no constructor __init__; it has _i",
    ),
    "base-given-arguments": (
        (
            "        self.size = size\n",
            "        super().__init__(size)\n        self.size = size\n",
        ),
        "super().__init__ is given arguments in line 5",
    ),
    "not-written": ((STEP, "        raise NotImplementedError\n"), "step is not written yet"),
    # names and values
    "name-undefined": (("return out\n", "return outt\n"), "outt is used in line 13; is out meant?"),
    "import-missing": (
        ("self.W = np.ones", "self.W = numpy.ones"),
        "numpy is used in line 9, and is not imported under that name. Write np.",
    ),
    "self-forgotten": (("X @ self.W", "X @ W"), "W is used in line 12 without self"),
    "attribute-unknown": (
        ("X @ self.W", "X @ self.w"),
        "is read in line 12; is self.W meant",
    ),
    "attribute-too-early": (
        ("        self.W = None\n", "        self.W = self.last\n        self.last = None\n"),
        "self.last is read in line 6 before line 7 has set it",
    ),
    "none-used": (
        ("        out = X @ self.W\n", "        self.V = None\n        out = self.V.T\n"),
        "self.V is None in line 13, where its T is asked for",
    ),
    "value-of-another-kind": (
        ("return self.W.size", "return [1].size"),
        "a list is asked for .size, which it does not have",
    ),
    "calls-itself": (("return self.W.size", "return self.count()"), "count calls itself again"),
    # exceptions whose cause a problem may know better
    "variable-unset": (
        (STEP, "        if not training:\n            out = X\n        return out\n"),
        "out is used in line 14 before it has a value",
    ),
    "refused-by-own-check": (
        (STEP, "        assert training is None, 'never'\n"),
        "Line 12 refuses what it is given: never",
    ),
    "truth-of-array": (
        (STEP, "        if X > 0:\n            return X\n"),
        "The if in line 12 has to decide about a whole array at once",
    ),
    "shape-not-a-tuple": (
        ("np.ones((self.size, self.size))", "np.zeros(self.size, self.size)"),
        "np.zeros in line 9 is given the shape as separate numbers",
    ),
    "shape-is-a-tuple": (
        ("np.ones((self.size, self.size))", "np.random.rand((self.size, self.size))"),
        "rand in line 9 is given a tuple; it takes separate numbers",
    ),
    "shapes-do-not-fit": (
        ("X @ self.W", "X + self.W"),
        "The shapes in line 12 do not fit each other: (3,2) and (2,2)",
    ),
    "not-callable": (
        ("X @ self.W", "X(self.W)"),
        "Line 12 calls an array as if it",
    ),
    "element-not-there": (("X @ self.W", "X.shape[2]"), "Line 12 asks for an element"),
    "raises": (
        ("X @ self.W", "int('one')"),
        "step raises an exception in line 12 (ValueError: invalid literal for int()",
    ),
    # files that cannot be loaded
    "cut-off": (("return self.W.size\n", "return self.W.reshape("), "The file ends in the middle"),
    "colon-missing": (("def count(self):", "def count(self)"), "A colon is missing in line 15"),
    "bracket-open": (
        ("np.ones((self.size, self.size))", "np.ones((self.size, self.size)"),
        "A bracket ( is opened in line 9 and never closed",
    ),
    "indentation": (("        out = X", "      out = X"), "is indented too little or too much"),
    "tabs-and-spaces": (("        return out\n", "\treturn out\n"), "Tabs and spaces are mixed"),
    "not-python": (("out = X @ self.W", "out == = X"), "is not Python"),
    "module-not-available": (("import numpy as np", "import nunpy as np"), "is numpy meant?"),
    "input-at-import": (
        ("class Cell(Base):\n", "class Cell(Base):\n    input()\n"),
        "asks a question",
    ),
    "exit-at-import": (
        ("class Cell(Base):\n", "class Cell(Base):\n    raise SystemExit\n"),
        "ends the program",
    ),
    "assertion-at-import": (
        ("class Cell(Base):\n", "class Cell(Base):\n    assert np.pi == 3\n"),
        "The assert in line 4 fails",
    ),
}
"""The diagnosis, what has to be done to the solution for it, and what is said."""


@pytest.fixture(scope="module")
def reports(problem: Problem) -> dict[str, Report]:
    """All of them, graded by one judge; and files that are no edits of the solution."""
    sources = {name: changed(edit) for name, (edit, _) in CERTAIN.items()}
    sources |= {
        "right": CELL,
        "class-is-function": "def Cell(size):\n    return size\n",
        "class-missing": "x = 1\n",
        "two": changed(("return out\n", "return outt\n"), ("self.W.size", "self.V.size")),
    }
    found: list[Report] = []
    submissions = [submission_from("cell.py", text.lstrip().encode()) for text in sources.values()]
    grade_all(problem, submissions, found.append)
    return dict(zip(sources, found, strict=True))


def diagnoses(report: Report) -> dict[str, Diagnosis]:
    """What a report names, by ids."""
    return {diagnosis.id: diagnosis for diagnosis in report.diagnoses}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_mistake_is_told_in_plain_words(name: str, reports: dict[str, Report]) -> None:
    """By its name, with the lines and names of the file, and a reason and two hints."""
    found = diagnoses(reports[name])
    assert next(iter(found)) == name
    told = found[name]
    assert CERTAIN[name][1] in told.title
    assert told.why
    assert told.hint
    assert told.stronger
    assert told.hint != told.stronger


def test_nothing_is_said_of_a_right_file(reports: dict[str, Report]) -> None:
    """It has nothing to explain."""
    assert reports["right"].score == 100
    assert reports["right"].diagnoses == ()


@pytest.mark.parametrize("name", ["class-is-function", "class-missing"])
def test_a_file_without_the_class(name: str, reports: dict[str, Report]) -> None:
    """What is there in its place is told, or that nothing is."""
    assert list(diagnoses(reports[name])) == [name]


def test_two_mistakes_are_told_in_the_order_of_the_groups(reports: dict[str, Report]) -> None:
    """Each in the first group that loses points by it."""
    told = [(each.id, each.group) for each in reports["two"].diagnoses]
    assert told == [("name-undefined", "step"), ("attribute-unknown", "count")]


def test_one_cause_is_told_once(problem: Problem) -> None:
    """What fails everywhere for one reason has one diagnosis, where it shows first."""
    report: list[Report] = []
    source = changed(("self.W = np.ones", "self.W = numpy.ones"))
    grade_all(problem, [submission_from("cell.py", source.encode())], report.append)
    assert [each.id for each in report[0].diagnoses] == ["import-missing"]
    assert report[0].diagnoses[0].group == "step"


# -- lines ---------------------------------------------------------------------------------


def lines(text: str) -> Source:
    """A file of these lines."""
    return Source(textwrap.dedent(text).splitlines())


def test_attributes_and_variables() -> None:
    """What is given a value through self, and what without; conditions give nothing one."""
    source = lines("""
        class A:
            def f(self, x):
                self.a, self.b = x, 1
                self.c: int = 2
                if self.d:
                    e = self.g == 3
                self.h(x, y=1)
        """)
    assert set(source.kept) >= {"a", "b", "c"}
    assert not {"d", "g"} & set(source.kept)
    assert source.local == {"e": 7}
    assert source.given("a") == 3 + 1
    assert source.given("d") is None


def test_methods_of_a_class() -> None:
    """Those of another class are not among them; those inside of others are known as such."""
    source = lines("""
        class A:
            @staticmethod
            def f(x):
                def g(y):
                    return y
                return g

            def h(self): return 1
        class B:
            def k(self): pass
        """)
    found = {m.name: (m.first, m.decorators, m.inner) for m in source.methods("A")}
    assert found == {
        "f": ("x", ("staticmethod",), False),
        "g": ("y", (), True),
        "h": ("self", (), False),
    }
    assert source.method("B", "k") is not None
    assert source.method("A", "g") is None


def test_long_lines_are_not_read_to_the_end() -> None:
    """A file of one line of a million characters costs no more than others."""
    assert Source(["self.a = 1;" + "x" * 1_000_000]).lines[0].endswith("x")
    assert len(Source(["x" * 1_000_000]).lines[0]) < 1000
