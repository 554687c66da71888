"""Submissions that look like solutions to another problem of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.verify import conventions_are_known
from grader.diagnosis.facts import Facts
from grader.diagnosis.other_problem import listed, telling
from grader.errors import ProblemError
from grader.grading.in_process import grade, grade_all
from grader.model.interface import Interface, interface_of, outline
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from grader.reporters import Page, reporter

SETTINGS = """
title = "{title}"
summary = "s"
entry = "{entry}"
groups = [{{ id = "out", points = 60, title = "O" }}, {{ id = "grad", points = 40, title = "G" }}]
{more}
"""
CHECKS = """
from grader.checks import Seen, aspect, check, expect

CASES = [1.0, 2.0, 5.0]

@check("out", "the output")
def test_out(student):
    for x in CASES:
        expect(student.{entry}().{out}(x) == {right}, "wrong output")

@check("grad", "the gradient")
def test_grad(student):
    expect(student.{entry}().grad == 1.0, "wrong gradient")

@aspect("out", groups=["out"], noun="The output", cases=CASES)
def see_out(student):
    def look(x):
        student.begin()
        return Seen(student.{entry}().{out}(x), {right}, x=x)
    return look

@aspect("grad", groups=["grad"], noun="The gradient", cases=CASES)
def see_grad(student):
    def look(x):
        student.begin()
        return Seen(student.{entry}().grad, 1.0, x=x)
    return look
"""
DIAGNOSES = """
from grader.checks.misconceptions import Rules
rules = Rules()

def known(aspect, name, value):
    def predict(s):
        return value(s)
    predict.__name__ = name
    rules.mistake(aspect, name, why="w", hint="h", stronger="s")(predict)

known("out", "halved", lambda s: s.x / 2)
known("out", "negated", lambda s: -s.x)
known("grad", "half", lambda s: 0.5)
"""
HALVES = """
[[conventions]]
says = "it gives halves"
shows = ["halved", "half"]
"""
SAME = '''
class Same(Base):
    """Gives what it is given."""

    def __init__(self, size=1, *, scale=1.0):
        self.grad = 1.0

    def apply(self, x):
        return x

    def reset(self):
        self.grad = 1.0
'''
HALF = """
class Half:
    grad = 0.5

    def __init__(self, count=1, rate=1.0):
        self.count = count

    def run(self, x):
        return x / 2

    def clear(self):
        pass
"""
WRONG = SAME.replace("return x", "return x + 1")
BASE = "class Base:\n    def describe(self):\n        return 'b'\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three problems: `same`, `half`, and `broken`, which cannot be read."""
    folder = tmp_path_factory.mktemp("library")
    write(folder, "same", BASE + SAME, entry="Same", out="apply", right="x")
    write(folder, "half", HALF, entry="Half", out="run", right="x / 2", more=HALVES)
    write(folder, "broken", "def (", entry="Broken", out="run", right="x")
    return Library(folder)


def write(folder: Path, slug: str, source: str, more: str = "", **words: str) -> None:
    """Write a problem whose checks call ``out`` of ``entry``."""
    problem = folder / "problems" / slug
    problem.mkdir(parents=True)
    settings = SETTINGS.format(title=slug.title(), entry=words["entry"], more=more)
    (problem / "problem.toml").write_text(settings, "utf-8")
    (problem / "checks.py").write_text(CHECKS.format(**words), "utf-8")
    (problem / "diagnoses.py").write_text(DIAGNOSES, "utf-8")
    (folder / "reference").mkdir(exist_ok=True)
    (folder / "reference" / f"{slug}.py").write_text(source, "utf-8")


@pytest.fixture(scope="module")
def same(library: Library) -> Problem:
    """The problem that submissions are handed to."""
    return library.load("same")


def told(problem: Problem, *sources: str) -> list[dict[str, str]]:
    """The diagnoses of each source, ids with titles."""
    reports: list[Report] = []
    grade_all(problem, [submission_from("mine.py", s.encode()) for s in sources], reports.append)
    return [{found.id: found.title for found in report.diagnoses} for report in reports]


LOOKS = "This looks like a solution to half: Half."
ADAPTED = HALF.replace("Half", "Same").replace("run", "apply").replace("clear", "reset")
ADAPTED = ADAPTED.replace("count=1, rate=1.0", "size=1, scale=1.0").replace("count", "size")


def test_a_file_for_another_problem(same: Problem) -> None:
    """Told by class, methods and arguments; whether the file loads, and under which class name."""
    right = BASE + SAME
    unloadable = f"import torch_of_somebody_else\n{HALF}"
    cut_off = HALF + "    def rest(self:\n"
    renamed = HALF.replace("Half", "Same")
    found = told(same, right, HALF, renamed, unloadable, cut_off)
    assert found == [{}, *[{"other-problem": LOOKS}] * 4]


def test_what_the_student_reads(same: Problem) -> None:
    """Where to check it, and by what it was recognized."""
    report = grade(same, submission_from("mine.py", HALF.encode()))
    assert (report.status, report.score) == ("unloadable", 0.0)
    shown = reporter("terminal").render(report, Page(width=100, color=False, command="", hints=1))
    assert "Check it there: grader check half mine.py" in shown
    assert "It has class Half, clear(), run(), count= and rate=, as half asks for." in shown


OURS = [
    (BASE + SAME).replace("class Same", "class Sane"),
    (BASE + SAME).replace("apply", "run"),
    BASE + WRONG,
    BASE + WRONG.replace("size=1, *, scale=1.0", "count=1, rate=1.0"),
    BASE + WRONG + "\nclass Half:\n    pass\n",
    BASE
    + WRONG.replace("size=1, *, scale=1.0", "size=1, scale=1.0, count=1, rate=1.0")
    + "    def run(self, x): return x\n    def clear(self): self.grad = x\n",
    "class Same:\n    def apply(self, x): return x\n",
    "class Same:\n    pass\n",
    "x = 1\n",
    "",
]


def test_a_wrong_solution_of_this_problem_is_not_taken_for_another(same: Problem) -> None:
    """A class or a method under another name, arguments like another's: still this problem."""
    reports: list[Report] = []
    grade_all(same, [submission_from("mine.py", s.encode()) for s in OURS], reports.append)
    for source, report in zip(OURS, reports, strict=True):
        assert report.status in ("failed", "unloadable"), source
        assert all(found.id != "other-problem" for found in report.diagnoses), source


def test_names_adapted_the_convention_gives_it_away(same: Problem) -> None:
    """All that another problem declares, and nothing else, has to be diagnosed."""
    one_only = ADAPTED.replace("grad = 0.5", "grad = 1.0")
    another = ADAPTED.replace("x / 2", "-x")
    found = told(same, ADAPTED, one_only, another)
    assert found == [
        {
            "other-convention": "This looks like a solution to half: it gives halves.",
            "halved": "halved",
            "half": "half",
        },
        {"halved": "halved"},
        {"negated": "negated", "half": "half"},
    ]


def test_two_problems_of_one_convention(tmp_path: Path) -> None:
    """Both are named."""
    write(tmp_path, "same", BASE + SAME, entry="Same", out="apply", right="x")
    for slug in ("half", "semi"):
        write(tmp_path, slug, HALF, entry="Half", out="run", right="x / 2", more=HALVES)
    (found,) = told(Library(tmp_path).load("same"), ADAPTED)
    title = "This looks like a solution to half or semi: it gives halves."
    assert found["other-convention"] == title


def test_verify_looks_up_what_a_convention_names(tmp_path: Path) -> None:
    """A diagnosis that no other problem knows could never be seen."""
    write(tmp_path, "same", BASE + SAME, entry="Same", out="apply", right="x")
    write(tmp_path, "half", HALF, entry="Half", out="run", right="x / 2", more=HALVES)
    typo = HALVES.replace('"half"', '"hafl"')
    write(tmp_path, "semi", HALF, entry="Half", out="run", right="x / 2", more=typo)
    library = Library(tmp_path)
    assert conventions_are_known(library.load("half")).ok
    (line,) = conventions_are_known(library.load("semi")).details
    assert "'it gives halves': no other problem" in line
    assert line.endswith("knows all of: halved, hafl")


def test_the_interface_is_read_from_the_reference(library: Library) -> None:
    """Methods with those of a base class in the same file; arguments; nothing private."""
    assert interface_of(library.load("same")) == Interface(
        "Same", frozenset({"apply()", "reset()", "describe()"}), frozenset({"size=", "scale="})
    )
    with pytest.raises(ProblemError, match=r"broken\.py:1: invalid syntax"):
        interface_of(library.load("broken"))


def test_names_that_both_problems_ask_for_tell_nothing() -> None:
    """Where one interface is part of the other, leaving out the rest is no sign."""
    small = Interface("Layer", frozenset({"forward()", "backward()"}))
    large = Interface("Layer", frozenset({"forward()", "backward()", "save()", "load()"}))

    def shown(*methods: str) -> Facts:
        return Facts("Layer", classes={"Layer": class_with(*methods)})

    assert not telling(shown("forward", "backward"), large, small)
    assert telling(shown("forward", "backward", "save", "load"), small, large) == {
        "save()",
        "load()",
    }
    assert not telling(shown("forward", "backward", "save"), small, large)


def class_with(*methods: str, bases: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """What a worker tells of a class."""
    return {"methods": methods, "arguments": (), "bases": bases}


def test_a_helper_of_another_problems_name_is_no_sign() -> None:
    """A file for this problem may define a class that is another problem; its own name counts."""
    own, other = (Interface(name, frozenset({"forward()", "backward()"})) for name in ("A", "B"))
    helper = class_with("forward", "backward")
    alone = {"B": helper}
    assert telling(Facts("A", classes=alone), own, other) == {"class B"}
    derived = {"Layer": helper, "B": class_with("forward", "backward", bases=("Layer",))}
    assert telling(Facts("A", classes=derived), own, other) == {"class B"}
    beside = {"Misspelt": helper, "B": helper}
    assert not telling(Facts("A", classes=beside), own, other)


def test_the_outline_of_a_file_that_cannot_be_run() -> None:
    """Classes with their methods, and functions, by the look of the lines."""
    text = "def f():\n  def g(): (\nclass A(B):\n    def one(self):\n    async def two(s):"
    assert outline(text.split("\n")) == [
        Interface("A", frozenset({"one()", "two()"})),
        Interface("f", frozenset({"f()"}), of_class=False),
    ]


def test_names_in_a_sentence() -> None:
    """The class first, then methods, then arguments."""
    assert listed(["b=", "a()", "class C"]) == "class C, a() and b="
    assert listed(["a()"]) == "a()"
    assert listed([]) == ""


def test_the_ids_are_taken(library: Library, tmp_path: Path) -> None:
    """A problem cannot call a mistake of its own so."""
    write(tmp_path, "same", BASE + SAME, entry="Same", out="apply", right="x")
    rules = DIAGNOSES.replace('"negated"', '"other_problem"')
    (tmp_path / "problems" / "same" / "diagnoses.py").write_text(rules, "utf-8")
    wrong = submission_from("a.py", ADAPTED.encode())
    with pytest.raises(ProblemError, match="cannot be called 'other-problem'"):
        grade(Library(tmp_path).load("same"), wrong)
