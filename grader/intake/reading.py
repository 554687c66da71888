"""Room: from what a student handed in to one submission.

What a student did (no Python file, a broken archive) becomes a submission that says so. What the
machine did (a file that cannot be read) is :class:`~grader.intake.trees.Unreadable`: nobody is
given a mark for it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from grader.intake import archives
from grader.intake.choosing import Wanted, choose, listed
from grader.intake.handed import Handed, Kind, Piece, piece
from grader.intake.junk import without_junk
from grader.intake.onlinetext import source_of
from grader.intake.trees import Found, Tree, Unreadable
from grader.submission import MAX_BYTES, Submission, read_limit, submission_from, unusable

# zip's signature of one entry in the list of members; zipfile makes an object for each.
_ZIP_ENTRY = b"PK\x01\x02"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is graded: where it was, what it is, and notes on the choice."""

    file: str
    submission: Submission
    notes: tuple[str, ...] = ()


def read(handed: Handed, tree: Tree, wanted: Wanted) -> Chosen:
    """Choose and read one student's submission.

    Raises:
        Unreadable: A file cannot be read.
        UsageError: It is a notebook and nbformat is not installed.
    """
    for kind in (Kind.CODE, Kind.ARCHIVE, Kind.TEXT):
        pieces = [one for one in handed.pieces if one.kind is kind]
        if pieces:
            chosen, notes = choose(pieces, wanted, lambda one: _glimpse(tree, one))
            reader = {Kind.CODE: _code, Kind.ARCHIVE: _from_archive, Kind.TEXT: _from_text}[kind]
            result = reader(chosen, tree, wanted)
            return Chosen(result.file, result.submission, (*notes, *result.notes))
    there = listed([one.called for one in handed.pieces])
    what = unusable(handed.pieces[0].called, f"no Python file was handed in, only {there}")
    return Chosen(handed.pieces[0].found.shown, what)


def _glimpse(tree: Tree, one: Piece) -> bytes:
    try:
        return tree.read(one.found, MAX_BYTES)
    except Unreadable:
        return b""


def _code(one: Piece, tree: Tree, wanted: Wanted) -> Chosen:
    content = tree.read(one.found, read_limit(one.called))
    return Chosen(one.found.shown, submission_from(one.called, content))


def _from_text(one: Piece, tree: Tree, wanted: Wanted) -> Chosen:
    page = tree.read(one.found, MAX_BYTES + 1)
    name = f"{wanted.stem}.py"
    if len(page) > MAX_BYTES:
        return Chosen(one.found.shown, unusable(name, "the text is larger than 1 MiB"))
    note = "taken from the platform's text box, which may have changed its layout"
    return Chosen(one.found.shown, submission_from(name, source_of(page)), (note,))


def _from_archive(one: Piece, tree: Tree, wanted: Wanted) -> Chosen:
    """Read what an archive holds, one level deep."""
    where = one.found.shown
    content = tree.read(one.found, archives.MAX_BYTES + 1)
    if len(content) > archives.MAX_BYTES:
        limit = archives.MAX_BYTES >> 20
        return Chosen(where, unusable(one.called, f"the archive is larger than {limit} MiB"))
    try:
        if content.count(_ZIP_ENTRY) > archives.OF_A_STUDENT.members:
            raise archives.NotAnArchive("it has too many files")
        inner = archives.open_archive(io.BytesIO(content), archives.OF_A_STUDENT)
    except archives.NotAnArchive as error:
        return Chosen(where, unusable(one.called, f"the archive cannot be graded: {error}"))
    try:
        return _from_members(one, inner, wanted)
    finally:
        inner.close()


def _from_members(one: Piece, inner: Tree, wanted: Wanted) -> Chosen:
    where = one.found.shown
    members = [piece(file.parts[-1], _inside(where, file)) for file in without_junk(inner.files)]
    code = [member for member in members if member.kind is Kind.CODE]
    refused = [f"{skipped.name} ({skipped.reason})" for skipped in inner.skipped]
    if not code:
        there = listed([*(member.called for member in members), *refused]) or "nothing"
        what = f"there is no Python file in {one.called}, only {there}"
        return Chosen(where, unusable(one.called, what))
    chosen, notes = choose(code, wanted, lambda member: _glimpse(inner, member))
    if refused:
        notes = (*notes, f"not taken from {one.called}: {listed(refused)}")
    try:
        result = _code(chosen, inner, wanted)
    except Unreadable as error:
        what = f"{chosen.called} cannot be read from {one.called}: {error}"
        return Chosen(chosen.found.shown, unusable(chosen.called, what), notes)
    return Chosen(result.file, result.submission, notes)


def _inside(where: str, file: Found) -> Found:
    return Found((*where.split("/"), *file.parts), file.modified, file.handle)
