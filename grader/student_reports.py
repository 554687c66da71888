"""Room: a report for every student of a class, in a file each."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from grader.reporters import Page, reporter
from grader.store import Round, Store

FORMATS = {"text": ("terminal", ".txt"), "json": ("json", ".json")}
_LONGEST = 100


def write_reports(folder: Path, store: Store, round_: Round, form: str) -> None:
    """Write a report for every student who has a result.

    Args:
        folder: Where to; made if need be. Files in it are replaced, others left alone.
        form: A key of :data:`FORMATS`.

    Raises:
        OSError: Something cannot be written.
    """
    format_, ending = FORMATS[form]
    render = reporter(format_).render
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for row in store.rows(round_):
        if row.result is None:
            continue
        report = replace(store.report(row.result), submission_name=row.file)
        name = file_name(row.student)
        if name.casefold() in taken:  # the same file where case does not count
            name = _with_fingerprint(name, row.student)
        taken.add(name.casefold())
        page = Page(command=f"grader check {round_.slug} FILE")
        (folder / f"{name}{ending}").write_text(render(report, page), "utf-8")


def file_name(student: str) -> str:
    """A name that every file system takes, different for different students."""
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in student)[:_LONGEST].strip(". ")
    return safe if safe == student else _with_fingerprint(safe, student)


def _with_fingerprint(name: str, student: str) -> str:
    return f"{name}-{hashlib.sha256(student.encode()).hexdigest()[:8]}"
