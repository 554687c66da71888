"""The roster, a CSV file with one student a line.

Columns are told by their headers, in any of the exports that instructors have:

- Canvas' gradebook: ``Student`` ("Doe, Jane"), ``ID``, ``SIS User ID``, ``SIS Login ID``,
  ``Section``; below the header come lines that are no students ("Points Possible"), and a
  "Student, Test".
- Moodle's grading worksheet: ``Identifier`` ("Participant 123"), ``Full name``, ``Email address``;
  its list of participants: ``First name``, ``Last name``, ``ID number``, ``Email address``.
- Gradescope's roster: ``First Name``, ``Last Name``, ``SID``, ``Email``, ``Role``; its grades:
  ``Name``, ``SID``, ``Email``.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.intake.student_files import Handed, folded

_COLUMNS = {
    "name": ("name", "student", "student name", "full name"),
    "first": ("first name", "given name", "forename"),
    "last": ("last name", "surname", "family name"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "lms": ("identifier", "canvas id", "canvas user id", "moodle id", "participant"),
    "sis": ("id", "sis id", "sis user id", "sid", "student id", "id number", "student number"),
    "login": ("login", "sis login id", "login id", "username", "user name"),
    "section": ("section", "sections"),
    "role": ("role", "roles"),
}
_FIELDS = {header: key for key, headers in _COLUMNS.items() for header in headers}
_NO_STUDENTS = {"points possible", "student, test", "test student"}
_STAFF = {"instructor", "ta", "reader", "teacher", "non-editing teacher", "manager"}
_MAX_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A student of the roster.

    Attributes:
        name: As the roster writes it, "Doe, Jane" or "Jane Doe".
        ids: As in :attr:`grader.intake.entry.Entry.ids`.
        line: Where.
    """

    name: str
    ids: dict[str, str]
    line: int


@dataclass(slots=True)
class Roster:
    """All students that there should be, in the order of the file."""

    students: list[Listed]
    _by: dict[tuple[str, str], list[Listed]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for student in self.students:
            for key in ("lms", "email", "sis", "login"):
                if value := student.ids.get(key):
                    self._by.setdefault((key, folded(value)), []).append(student)
            for name in {*_names(student.name), *_logins(student)}:
                self._by.setdefault(("any", name), []).append(student)

    def by_ids(self, handed: Handed) -> list[Listed]:
        """Return who this is by what a platform knows: nobody, one, or several."""
        for key in ("lms", "email", "sis"):
            value = handed.ids.get(key)
            if value and (found := self._by.get((key, folded(value)))):
                return found
        return []

    def by_name(self, handed: Handed) -> list[Listed]:
        """Return who this is by the name, which may be a login or a number as well."""
        return self._by.get(("any", _letters(handed.student)), [])


def _letters(name: str) -> str:
    """Return a name without what writing it differently changes: "Doe, Jane", "doe_jane"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def _names(name: str) -> Iterator[str]:
    """Yield the ways to write a name without spaces, given name first and last."""
    last, comma, first = name.partition(",")
    yield _letters(name)
    if comma:
        yield _letters(first + last)
    else:
        first, _, last = name.strip().rpartition(" ")
        yield _letters(last + first)


def _logins(student: Listed) -> Iterator[str]:
    for key in ("login", "email", "sis", "lms"):
        if value := student.ids.get(key):
            yield _letters(value)
            yield _letters(value.partition("@")[0])


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises:
        UsageError: It cannot be used; ``path:line: what is wrong``.
    """
    text = _text(path)
    header_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    students: list[Listed] = []
    try:
        headers = [" ".join(cell.split()).lower() for cell in next(reader, [])]
        columns = _columns(path, headers)
        for row in reader:
            student = _student(row, columns, reader.line_num)
            if student and student.name:
                students.append(student)
            elif student and students:  # Canvas has lines without a name, but above all students
                raise UsageError(f"{path}:{student.line}: this line does not say who it is about")
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num or 1}: not CSV ({error})") from None
    if not students:
        raise UsageError(f"{path}:1: the roster lists no students")
    _refuse_duplicates(path, students)
    return Roster(students)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: the roster cannot be read ({error.strerror})") from None
    if len(content) > _MAX_BYTES:
        raise UsageError(f"{path}: larger than {_MAX_BYTES >> 20} MiB; is this the roster?")
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"the byte {content[error.start]:#04x} is not UTF-8; save it as 'CSV UTF-8'"
        raise UsageError(f"{path}:{line}: {what}") from None
    if "\0" in text:
        raise UsageError(f"{path}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: not a CSV file")
    return text


def _columns(path: Path, headers: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for number, header in enumerate(headers):
        key = _FIELDS.get(header)
        if header == "id" and "student" in headers:
            key = "lms"  # Canvas' own number; anywhere else "ID" is the school's
        if key and key not in columns:
            columns[key] = number
    named = "name" in columns or {"first", "last"} <= columns.keys()
    if not named and not columns.keys() & {"email", "lms", "sis", "login"}:
        known = "Name (or First name and Last name), ID, Email, SIS User ID, Login, Section"
        raise UsageError(f"{path}:1: no column says who a student is; known headers are {known}")
    return columns


def _student(row: list[str], columns: dict[str, int], line: int) -> Listed | None:
    """Return the student of a line, perhaps without a name; None for lines without one."""
    if not any(cell.strip() for cell in row):
        return None
    found = {key: row[n].strip() if n < len(row) else "" for key, n in columns.items()}
    full = " ".join(part for part in (found.get("first"), found.get("last")) if part)
    name = found.get("name") or full
    role = found.get("role", "").lower()
    if name.lower() in _NO_STUDENTS or role in _STAFF:
        return None
    if number := re.search(r"(\d+)$", found.get("lms", "")):
        found["lms"] = number[1]  # "Participant 123", in any language
    ids = {key: found[key] for key in ("email", "lms", "sis", "login", "section") if found.get(key)}
    name = name or ids.get("login") or ids.get("email") or ids.get("sis") or ids.get("lms") or ""
    return Listed(name, {"name": name, **ids}, line)


def _refuse_duplicates(path: Path, students: list[Listed]) -> None:
    seen: dict[tuple[str, ...], Listed] = {}
    for student in students:
        ids = student.ids
        unique: list[tuple[str, ...]] = [
            (key, folded(ids[key])) for key in ("lms", "sis", "email", "login") if key in ids
        ]
        for key in unique or [("name", folded(student.name))]:
            first = seen.setdefault(key, student)
            if first is not student:
                what = f"{student.name!r} has the same {key[0]} as line {first.line}"
                raise UsageError(f"{path}:{student.line}: {what}")
