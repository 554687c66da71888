"""Gradebooks: what other programs read from them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.safe_text import inert
from grader.results.gradebook import Assignment, _cell, write_gradebook
from grader.results.schema import Row
from grader.views.class_reports import file_name

DENSE = Assignment("Dense layer", 100.0)


def row(student: str, **known: Any) -> Row:
    """A graded student."""
    values: dict[str, Any] = {
        "student": student,
        "file": "f.py",
        "submission": "0" * 64,
        "notes": (),
        "ids": {},
        "status": "failed",
        "score": 87.5,
        "max_score": 100.0,
        "seconds": 1.0,
        "result": 1,
    }
    return Row(**{**values, **known})


def written(path: Path, rows: list[Row], form: str = "plain") -> list[list[str]]:
    """The cells of a gradebook, as a program reads them."""
    write_gradebook(path, rows, DENSE, form)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a student is called: one cell comes back, and no spreadsheet computes it."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow([_cell(text), 1.5])
    ((cell, number),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert number == "1.5"
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    if text.isalnum():
        assert cell == text


SIGNS = "=+-@＝＋－＠"
SEPARATORS = ",;|\t\n\r"


def computed(cell: str) -> bool:
    """Whether a spreadsheet could take a cell, or a part of it, for a formula."""
    parts = re.split(f"[{SEPARATORS}]", cell)
    unseen = ' "\u00a0\u3000\ufeff\u200b\x00\u2028'
    return any(part.lstrip(unseen).startswith(tuple(SIGNS)) for part in parts)


@given(st.lists(st.sampled_from([*SIGNS, *SEPARATORS, *' "\u00a0\u3000\ufeff\u200b\x00\u2028ax1'])))
def test_no_part_of_a_cell_is_a_formula(drawn: list[str]) -> None:
    """Neither behind blanks and what looks like them, nor where a line is split at other signs."""
    cell = _cell("".join(drawn))
    assert not computed(cell)
    assert cell.replace("'", "") == inert("".join(drawn))


@pytest.mark.parametrize("form", ["plain", "canvas", "moodle"])
def test_no_form_has_a_formula(tmp_path: Path, form: str) -> None:
    """Names, ids and notes of every form go the same way."""
    nasty = ["\n=1+1", " =1+1", "a;=1+1", "\u3000＝1+1", "\ufeff=1+1"]
    for name in nasty:
        ids = dict.fromkeys(("name", "email", "sis", "login", "lms", "section"), name)
        cells = written(tmp_path / "g.csv", [row(name, ids=ids, notes=(name,))], form)
        found = [cell for line in cells for cell in line if "1+1" in cell]
        assert len(found) >= 4
        assert not any(map(computed, found))


def test_a_long_cell_is_looked_at_once() -> None:
    """A megabyte of blanks takes as long as its length."""
    assert _cell(f"x{' ' * 1_000_000}y") == f"x{' ' * 1_000_000}y"


def test_formulas_are_kept_as_text(tmp_path: Path) -> None:
    """The name stays readable behind an apostrophe."""
    cells = written(tmp_path / "g.csv", [row("=1+1"), row('a;"b",\nc')])
    assert [line[0] for line in cells] == ["student", "'=1+1", 'a;"b",\nc']


def test_no_mark_is_no_number(tmp_path: Path) -> None:
    """A fault is an empty cell, and is left out of what would be imported."""
    rows = [row("ada"), row("bob", status="fault", score=0.0), row("cyd", status=None, result=None)]
    assert [line[1] for line in written(tmp_path / "g.csv", rows)] == ["score", "87.5", "", ""]
    for form in ("canvas", "moodle"):
        assert write_gradebook(tmp_path / "g.csv", rows, DENSE, form) == 2
        assert "bob" not in (tmp_path / "g.csv").read_text("utf-8")


def test_canvas(tmp_path: Path) -> None:
    """Canvas wants its five columns, the assignment's title, and a line with the points."""
    ids = {"name": "Ada L.", "lms": "77", "sis": "s1", "login": "ada", "section": "A"}
    cells = written(
        tmp_path / "g.csv", [row("ada_77", ids=ids), row("Points Possible 9")], "canvas"
    )
    assert cells == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Dense layer"],
        ["    Points Possible", "", "", "", "", "100.0"],
        ["Ada L.", "77", "s1", "ada", "A", "87.5"],
        ["Points-Possible 9", "", "", "", "", "87.5"],  # would set the points of the assignment
    ]


def test_moodle(tmp_path: Path) -> None:
    """Moodle's worksheet wants identifier, grade and the time of the last change."""
    ids = {"name": "Ada L.", "lms": "77", "email": "ada@example.org"}
    head, line = written(tmp_path / "g.csv", [row("ada", ids=ids)], "moodle")
    found = dict(zip(head, line, strict=True))
    assert (found["Identifier"], found["Grade"]) == ("Participant 77", "87.5")
    assert found["Email address"] == "ada@example.org"
    assert "Last modified (grade)" in found


def test_a_gradebook_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """If it cannot be completed, the old one is still there."""

    def rows() -> Any:
        yield row("ada")
        raise KeyboardInterrupt

    path = tmp_path / "g.csv"
    path.write_text("old", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        write_gradebook(path, rows(), DENSE)
    assert path.read_text("utf-8") == "old"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=5))
def test_file_names_of_reports(students: list[str]) -> None:
    """Different students have different files, in the folder and nowhere else."""
    names = [file_name(student) for student in students]
    assert len(set(names)) == len(students)
    for name in names:
        assert Path(f"{name}.txt").name == f"{name}.txt"
        assert len(name) <= 109
