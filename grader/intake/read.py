"""From what a student handed in to one submission.

What a student did (no Python file, a broken archive) becomes a submission that says so. What the
machine did (a file that cannot be read) is :class:`.sources.trees.Unreadable`: nobody is given a
mark for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.documents.reader import Reader, TooDear
from grader.intake.choose_file import Wanted, choose, disguised, listed, looked_at
from grader.intake.platforms.online_text import source_of
from grader.intake.sources import archives
from grader.intake.sources.trees import Tree
from grader.intake.student_files import Handed, Kind, Piece
from grader.model.submission import MAX_BYTES, READ_LIMIT, Submission, submission_from, unusable


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is graded: where it was, what it is, and notes on the choice."""

    file: str
    submission: Submission
    notes: tuple[str, ...] = ()


def read(handed: Handed, tree: Tree, wanted: Wanted, reader: Reader) -> Chosen:
    """Choose and read one student's submission.

    Raises:
        Unreadable: A file cannot be read.
        UsageError: It is an old notebook and nbformat is not installed.
        Fault: The reader was lost.
    """
    look = looked_at(tree)
    for kind in (Kind.CODE, Kind.ARCHIVE, Kind.TEXT, Kind.OTHER):
        pieces = [one for one in handed.pieces if one.kind is kind]
        if kind is Kind.OTHER:
            pieces = disguised(pieces, look)
        if pieces:
            chosen, notes = choose(pieces, wanted, look)
            made = {Kind.ARCHIVE: _from_archive, Kind.TEXT: _from_text}.get(kind, _code)
            result = made(chosen, tree, wanted, reader)
            return Chosen(result.file, result.submission, (*notes, *result.notes))
    there = listed([one.called for one in handed.pieces])
    what = unusable(handed.pieces[0].called, f"no Python file was handed in, only {there}")
    return Chosen(handed.pieces[0].found.shown, what)


def _code(one: Piece, tree: Tree, wanted: Wanted, reader: Reader) -> Chosen:
    content = tree.read(one.found, READ_LIMIT)
    return Chosen(one.found.shown, submission_from(one.called, content, reader))


def _from_text(one: Piece, tree: Tree, wanted: Wanted, reader: Reader) -> Chosen:
    page = tree.read(one.found, MAX_BYTES + 1)
    name = f"{wanted.stem}.py"
    if len(page) > MAX_BYTES:
        return Chosen(one.found.shown, unusable(name, "the text is larger than 1 MiB"))
    note = "taken from the platform's text box, which may have changed its layout"
    return Chosen(one.found.shown, submission_from(name, source_of(page)), (note,))


def _from_archive(one: Piece, tree: Tree, wanted: Wanted, reader: Reader) -> Chosen:
    where = one.found.shown
    content = tree.read(one.found, archives.MAX_BYTES + 1)
    if len(content) > archives.MAX_BYTES:
        limit = archives.MAX_BYTES >> 20
        return Chosen(where, unusable(one.called, f"the archive is larger than {limit} MiB"))
    known = {"called": one.called, "where": where, "stem": wanted.stem, "entry": wanted.entry}
    try:
        answer, found = reader.ask("archive", content, **known)
    except TooDear as error:
        what = f"the archive {error}; hand in the file with your code by itself"
        return Chosen(where, unusable(one.called, what))
    if answer["why"]:
        submission = unusable(answer["called"], answer["why"])
    else:
        submission = submission_from(answer["called"], found, reader)
    return Chosen(answer["file"], submission, tuple(answer["notes"]))
