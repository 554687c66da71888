"""Moodle's bulk download ("Download all submissions").

A folder for each student and kind of submission, or, if so set, all files in one folder
(``mod/assign/classes/downloader.php`` in github.com/moodle/moodle; before Moodle 4 the folder's
name ended in another underscore)::

    Jane Doe_123_assignsubmission_file/dense.py
    Jane Doe_123_assignsubmission_file_/src/dense.py
    Jane Doe_123_assignsubmission_onlinetext/onlinetext.html
    Jane Doe_123_assignsubmission_file_dense.py
    Participant_123_assignsubmission_file/dense.py          blind marking
    Group A_7_assignsubmission_file/dense.py                team submissions

The number is the one in the column "Identifier" of the grading worksheet ("Participant 123").
"""

from __future__ import annotations

import re

from grader.intake.sources.trees import Found
from grader.intake.student_files import Handed, Kind, Piece, piece

_NAME = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<form>file|onlinetext)(?:_(?P<rest>.*))?",
    re.DOTALL,
)


def named_by_moodle(top: str) -> bool:
    """Whether the name of a folder, or of a file, is of Moodle's making."""
    return _NAME.fullmatch(top) is not None


def read_name(parts: tuple[str, ...], found: Found) -> tuple[str, Handed]:
    """Return who handed a file in: a key that is the student's alone, and what is known.

    The first of ``parts`` must be :func:`named_by_moodle`.
    """
    match = _NAME.fullmatch(parts[0])
    assert match is not None
    handed = Handed(match["name"], {"lms": match["id"]} if match["id"] else {})
    called = parts[-1] if len(parts) > 1 else match["rest"] or ""
    if match["form"] == "onlinetext" and called.lower().endswith(".html"):
        handed.pieces.append(Piece(called, Kind.TEXT, found))
    else:
        handed.pieces.append(piece(called, found))
    return match["id"] or match["name"], handed
