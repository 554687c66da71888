"""Notebooks in reports: lines by their cell, and cells that are not Python."""

from __future__ import annotations

import pytest

from grader.grading.in_process import grade_all
from grader.grading.judge_process import submission_as_data, submission_from_data
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import submission_from
from grader.reporters import Page, reporter
from tests.conftest import ROOT
from tests.intake.packing import notebook

IMPORT = "import numpy as np\n"
RELU = """
class ReLU:
    def forward(self, X):
        self.X = X
        return np.maximum(X, 0)

    def backward(self, G):
        return G * (self.X > 0)
"""
BOOKS = {
    "right": (IMPORT, RELU),
    "name": (IMPORT, RELU.replace("np.max", "numpy.max")),
    "colon": (IMPORT, "x = 1", RELU.replace("(self, X):", "(self, X)")),
    "twice": (IMPORT, RELU, "x = 1\n\nclass ReLU:\n    pass"),
    "conflict": (IMPORT, f"{RELU}\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b"),
    "inside": (IMPORT, "def make():\n" + RELU.replace("\n", "\n    ")),
    "words": (IMPORT, "some words, and more", RELU, "x = = 1"),
    "open": ("x = (1,", IMPORT, RELU, "y = '''text"),
    "return": (IMPORT, RELU, "return 3", "for x in range(3):\nprint(x)"),
    "many": (IMPORT, RELU, *["x = = 1"] * 20),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """All of these notebooks, graded by one judge."""
    found: list[Report] = []
    books = [submission_from(f"{name}.ipynb", notebook(*cells)) for name, cells in BOOKS.items()]
    crossed = [submission_from_data(submission_as_data(book)) for book in books]
    assert crossed == books
    grade_all(Library(ROOT).load("relu"), crossed, found.append)
    return dict(zip(BOOKS, found, strict=True))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("name", "numpy is used in cell 2, line 5, and is not imported"),
        ("colon", "A colon is missing in cell 3, line 3."),
        ("twice", "in cell 2, line 2 and again in cell 3, line 3, and the later"),
        ("conflict", "Cell 2, lines 10, 12 and 14 are conflict markers"),
        ("inside", "(cell 2, line 3) stands inside of the function make (cell 2, line 1)"),
    ],
)
def test_a_line_is_told_by_its_cell(name: str, title: str, reports: dict[str, Report]) -> None:
    """As the author of the notebook sees it."""
    assert title in reports[name].diagnoses[0].title


def test_messages_and_frames_have_cells_too(reports: dict[str, Report]) -> None:
    """What failed, where it was raised, and why a file could not be loaded."""
    assert reports["colon"].message == "colon.ipynb, cell 3, line 3: SyntaxError: expected ':'."
    failed = next(check for check in reports["name"].checks if check.status == "failed")
    assert "(cell 2, line 5)" in failed.message
    frame = failed.evidence["traceback"][-1]
    assert (frame["line"], frame["cell"], frame["cell_line"]) == (10, 2, 5)
    assert reports["name"].cells == ((1, 2), (2, 5))
    book = submission_from("name.ipynb", notebook(*BOOKS["name"]))
    for form in ("terminal", "html"):
        page = Page(width=100, color=False, command="", source=book.text)
        shown = reporter(form).render(reports["name"], page)
        assert "cell 2, line 5" in shown


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("right", []),
        (
            "words",
            [
                "a cell is left out, because cell 2, line 1 is not Python (invalid syntax):"
                " some words, and more",
                "a cell is left out, because cell 4, line 1 is not Python (invalid syntax):"
                " x = = 1",
            ],
        ),
        (
            "open",
            [
                "a cell is left out, because cell 1, line 1 is not Python ('(' was never closed):"
                " x = (1,",
                "a cell is left out, because cell 4, line 1 is not Python (unterminated"
                " triple-quoted string literal): y = '''text",
            ],
        ),
        (
            "return",
            [
                "a cell is left out, because cell 4, line 2 is not Python (expected an indented"
                " block after 'for' statement on cell 4, line 1): print(x)",
                "a cell is left out, because cell 3, line 1 is not Python ('return' outside"
                " function): return 3",
            ],
        ),
    ],
)
def test_a_cell_that_is_not_python_stops_no_other(
    name: str, notes: list[str], reports: dict[str, Report]
) -> None:
    """The class is graded, and a note says which cell was left out, and why."""
    assert reports[name].score == 100
    assert sorted(reports[name].notes) == sorted(notes)


def test_at_some_point_it_is_given_up(reports: dict[str, Report]) -> None:
    """Each attempt costs a process."""
    assert reports["many"].status == "unloadable"
    assert len(reports["many"].notes) == 16


def test_the_fingerprint_is_that_of_the_whole_notebook(reports: dict[str, Report]) -> None:
    """Whatever was left out."""
    book = submission_from("words.ipynb", notebook(*BOOKS["words"]))
    assert reports["words"].submission_sha256 == book.sha256
