"""What one student handed in, before one file of it is chosen."""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass, field

from grader.intake.sources.archives import is_archive
from grader.intake.sources.trees import Found
from grader.model.submission import is_notebook


class Kind(enum.Enum):
    """What can be made of a file."""

    CODE = "Python or a notebook"
    ARCHIVE = "an archive that the student handed in"
    TEXT = "typed into the platform's own form, kept as HTML"
    OTHER = "nothing that can be graded"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a student's.

    Attributes:
        called: Its name as the student gave it, without what the platform put around it.
    """

    called: str
    kind: Kind
    found: Found


@dataclass(slots=True)
class Handed:
    """Everything that one student handed in.

    Attributes:
        ids: As in :attr:`grader.intake.entry.Entry.ids`.
    """

    student: str
    ids: dict[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def piece(called: str, found: Found) -> Piece:
    """Return a file as a piece, its kind told by its name."""
    name = without_counter(called).lower()
    if name.endswith(".py") or is_notebook(name):
        return Piece(called, Kind.CODE, found)
    return Piece(called, Kind.ARCHIVE if is_archive(name) else Kind.OTHER, found)


def without_counter(name: str) -> str:
    """Return a file's name without what tells a second upload from the first.

    Browsers write ``dense (1).py``; Canvas ``dense-1.py``, and puts the number before whichever
    period it likes (github.com/instructure/canvas-lms/issues/606 and 2310).
    """
    return re.sub(r"(?:-\d++|(?<!\s)\s*+\(\d++\))(?=\.)", "", name)


def folded(name: str) -> str:
    """Return a name such that names that differ in case or in how accents are coded are equal."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
