"""Which file of an archive that a student handed in is graded; runs in the reader's process."""

from __future__ import annotations

import io

from grader.documents.reader import Answer
from grader.intake.choose_file import Wanted, choose, disguised, listed, looked_at
from grader.intake.sources import archives
from grader.intake.sources.ignored import without_junk
from grader.intake.sources.trees import Found, Tree, Unreadable
from grader.intake.student_files import Kind, piece
from grader.model.submission import READ_LIMIT

# zip's signature of one entry in the list of members; zipfile makes an object for each.
_ZIP_ENTRY = b"PK\x01\x02"


def pick(content: bytes, called: str, where: str, stem: str, entry: str) -> Answer:
    """Read what an archive holds, one level deep.

    Args:
        content: The archive.
        called, where: Its name, and its path in the class.
        stem, entry: As in :class:`~grader.intake.choose_file.Wanted`.

    Returns:
        ``called`` and ``file``, name and path of the file that was chosen, ``notes`` on the choice
        and ``why`` it cannot be graded, or empty; and the file's bytes.
    """
    try:
        if content.count(_ZIP_ENTRY) > archives.OF_A_STUDENT.members:
            raise archives.NotAnArchive("it has too many files")
        inner = archives.open_archive(io.BytesIO(content), archives.OF_A_STUDENT)
    except archives.NotAnArchive as error:
        return _refused(called, where, f"the archive cannot be graded: {error}")
    try:
        return _chosen(inner, called, where, Wanted(stem, entry))
    finally:
        inner.close()


def _chosen(inner: Tree, called: str, where: str, wanted: Wanted) -> Answer:
    members = [piece(file.parts[-1], _inside(where, file)) for file in without_junk(inner.files)]
    code = [member for member in members if member.kind is Kind.CODE]
    code = code or disguised(members, looked_at(inner))
    refused = [f"{skipped.name} ({skipped.reason})" for skipped in inner.skipped]
    if not code:
        there = listed([*(member.called for member in members), *refused]) or "nothing"
        return _refused(called, where, f"there is no Python file in {called}, only {there}")
    chosen, notes = choose(code, wanted, looked_at(inner))
    if refused:
        notes = (*notes, f"not taken from {called}: {listed(refused)}")
    file, name = chosen.found.shown, chosen.called
    try:
        found = inner.read(chosen.found, READ_LIMIT)
    except Unreadable as error:
        return _refused(name, file, f"{name} cannot be read from {called}: {error}", notes)
    return {"called": name, "file": file, "notes": notes, "why": ""}, found


def _refused(called: str, file: str, why: str, notes: tuple[str, ...] = ()) -> Answer:
    return {"called": called, "file": file, "notes": notes, "why": why}, b""


def _inside(where: str, file: Found) -> Found:
    return Found((*where.split("/"), *file.parts), file.modified, file.handle)
