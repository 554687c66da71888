"""A report for every student of a class, in a file each, in any format."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.model.report import Report
from grader.model.submission import Submission
from grader.reporters import Page, reporter
from grader.results.schema import Round, Row
from grader.results.store import Store

CLASS_PAGE = "class.html"
_LONGEST = 100
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A student, and where the report is.

    Attributes:
        file: Its name in the folder; empty if there is no result to report.
        lost: The groups that lost points.
        mistakes: Titles of the mistakes that were named.
    """

    row: Row
    file: str = ""
    lost: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()


def write_reports(
    folder: Path, store: Store, round_: Round, format_: str, reserved: Collection[str] = ()
) -> list[Written]:
    """Write a report for every student who has a result.

    Args:
        folder: Where to; made if need be. Files in it are replaced, others left alone.
        format_: A format of :data:`grader.reporters.FORMATS`.
        reserved: File names that no report may have.

    Returns:
        All students, in the order of the intake.

    Raises:
        OSError: Something cannot be written.
        UsageError: The format needs a package that is not installed.
    """
    form = reporter(format_)
    folder.mkdir(parents=True, exist_ok=True)
    taken = {_folded(name) for name in reserved}
    students = []
    for row in store.rows(round_):
        if row.result is None:
            students.append(Written(row))
            continue
        report = store.report(row.result).named(row.file)
        name = file_name(row.student)
        if _folded(name + form.SUFFIX) in taken:  # the same file where case does not count
            name = _with_fingerprint(name, row.student)
        file = name + form.SUFFIX
        taken.add(_folded(file))
        source = Submission(row.file, store.source(row.submission)).text
        command = f"grader check {round_.slug} FILE --seed {report.seed}"
        page = Page(command=command, source=source)
        (folder / file).write_text(form.render(report, page), "utf-8")
        students.append(_written(row, file, report))
    return students


def _written(row: Row, file: str, report: Report) -> Written:
    lost = (check.group for check in report.checks if check.points < check.max_points)
    mistakes = (diagnosis.title for diagnosis in report.diagnoses)
    return Written(row, file, tuple(dict.fromkeys(lost)), tuple(mistakes))


def export_class(folder: Path, store: Store, format_: str) -> int:
    """Write the reports of the newest round; as pages, one for the whole class as well.

    Returns:
        How many reports were written.

    Raises:
        UsageError: Nothing has been graded, or the format needs a package that is not installed.
        OSError: Something cannot be written.
        Fault: Submissions had to be compared, and no worker could be started.
    """
    round_ = store.newest_round()
    if format_ != "html":
        return _count(write_reports(folder, store, round_, format_))
    from grader.results.summary import summarize
    from grader.views.class_page import render_class

    students = write_reports(folder, store, round_, format_, reserved=[CLASS_PAGE])
    (folder / CLASS_PAGE).write_text(render_class(summarize(store), students), "utf-8")
    return _count(students)


def _count(students: Sequence[Written]) -> int:
    return sum(bool(student.file) for student in students)


def file_name(student: str) -> str:
    """A name that every file system takes, different for different students."""
    name = unicodedata.normalize("NFC", student)
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)
    safe = safe.encode()[:_LONGEST].decode("utf-8", "ignore").strip(". ")
    if safe and safe == student and safe.partition(".")[0].casefold() not in _DEVICES:
        return safe
    return _with_fingerprint(safe, student)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _with_fingerprint(name: str, student: str) -> str:
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name}-{digest[:8]}"
