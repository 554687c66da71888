"""The marks of a class as CSV, for people and for what learning platforms import.

Names come from students. A cell that a spreadsheet would take for a formula is turned into text
(https://owasp.org/www-community/attacks/CSV_Injection). So is what would be a cell of its own in a
spreadsheet that splits lines at other characters than these, and overlooks our quotation marks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from grader.model.safe_text import inert
from grader.results.schema import Row

NAME = "gradebook.csv"
_SEPARATORS = ",;|\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BLANK = r"\s\"\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0"  # and what looks like it
# Formulas begin with these signs, also in full width or small, as some spreadsheets read them.
_FORMULA = re.compile(rf"(?<![{_BLANK},;|])[{_BLANK},;|]*+(?=[-=+@−＝＋－＠﹦﹢﹣﹫])")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the marks are for.

    Attributes:
        title: The name of the column.
        points: Full marks.
    """

    title: str
    points: float


def write_gradebook(
    path: Path, rows: Iterable[Row], assignment: Assignment, form: str = "plain"
) -> int:
    """Write a gradebook; the old one is there until the new one is complete.

    Args:
        path: The file.
        rows: Students, in the order in which they are written.
        assignment: What for.
        form: A key of :data:`FORMS`.

    Returns:
        How many students are not in it: an import must not overwrite marks by nothing, so who has
        no mark is left out of it. The plain form has everybody.

    Raises:
        OSError: It cannot be written.
    """
    left_out = 0

    def lines() -> Iterator[Sequence[Any]]:
        nonlocal left_out
        table = FORMS[form]
        yield from table.head(assignment)
        for row in rows:
            line = table.line(row)
            left_out += line is None
            if line is not None:
                yield line

    draft = path.with_name(f".{path.name}.new")
    with draft.open("w", encoding="utf-8", newline="") as file:
        _write(file, lines())
    draft.replace(path)
    return left_out


def as_text(lines: Iterable[Sequence[Any]]) -> str:
    """Return a few lines as they stand in a gradebook, for people and files of any system."""
    text = io.StringIO(newline="")
    _write(text, lines)
    return text.getvalue().replace("\r\n", "\n")


def _write(file: TextIO, lines: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    for line in lines:
        writer.writerow([_cell(value) for value in line])


def _cell(value: Any) -> Any:
    """A cell that means the same in every spreadsheet."""
    if not isinstance(value, str):
        return value
    text = _FORMULA.sub(_made_text, inert(value))
    return f"'{text}" if text.startswith(tuple(_SEPARATORS)) else text


def _made_text(before: re.Match[str]) -> str:
    """Put an apostrophe before a formula: one at the beginning, or behind a separator."""
    if any(sign in before[0] for sign in _SEPARATORS):
        return f"{before[0]}'"
    return before[0] if before.start() else f"'{before[0]}"


def _score(row: Row) -> float | None:
    return None if row.status in (None, "fault") else row.score


class Plain:
    """Everybody, with what became of the submission. No mark is an empty cell, never a zero."""

    _IDS = ("name", "email", "sis", "login", "lms", "section")

    def head(self, assignment: Assignment | None = None) -> list[Sequence[Any]]:
        """The line with the names of the columns."""
        return [["student", "score", "max_score", "status", "file", *self._IDS, "notes"]]

    def line(self, row: Row) -> Sequence[Any]:
        """A student."""
        score = _score(row)
        return [
            row.student,
            "" if score is None else score,
            row.max_score if row.result is not None else "",
            row.status or "not graded",
            row.file,
            *(row.ids.get(key, "") for key in self._IDS),
            "; ".join(row.notes),
        ]


class Canvas:
    """What Canvas' gradebook imports: canvas-lms/lib/gradebook_importer.rb.

    It finds students by its own ID, then by SIS ids, then by name. The column's title must be that
    of the assignment in Canvas, or becomes a new assignment.
    """

    def head(self, assignment: Assignment) -> list[Sequence[Any]]:
        """The names of the columns, and the line with the points."""
        names = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        points = ["    Points Possible", "", "", "", "", assignment.points]
        return [[*names, assignment.title], points]

    def line(self, row: Row) -> Sequence[Any] | None:
        """A student; none may be called what marks the line with the points."""
        score, name = _score(row), row.ids.get("name", row.student)
        if score is None:
            return None
        ids = [row.ids.get(key, "") for key in ("lms", "sis", "login", "section")]
        return [name.replace("Points Possible", "Points-Possible"), *ids, score]


class Moodle:
    """What Moodle imports, in both of its ways.

    As the grading worksheet of an assignment, by ``Identifier``
    (moodle/mod/assign/feedback/offline/importgradeslib.php), and in the gradebook by e-mail address
    or ID number, which are chosen there.
    """

    def head(self, assignment: Assignment) -> list[Sequence[Any]]:
        """The names of the columns."""
        worksheet = ["Identifier", "Full name", "Email address", "ID number", "Grade"]
        return [[*worksheet, "Maximum grade", "Last modified (grade)"]]

    def line(self, row: Row) -> Sequence[Any] | None:
        """A student."""
        score, number = _score(row), row.ids.get("lms")
        if score is None:
            return None
        return [
            f"Participant {number}" if number else "",
            row.ids.get("name", row.student),
            row.ids.get("email", ""),
            row.ids.get("sis", ""),
            score,
            row.max_score,
            "",  # the column must be there, and Moodle knows better
        ]


FORMS: dict[str, Plain | Canvas | Moodle] = {
    "plain": Plain(),
    "canvas": Canvas(),
    "moodle": Moodle(),
}
"""What a gradebook can be written as."""
