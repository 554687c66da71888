"""Which of several files is the submission.

In this order: the file that has the right name, the one in which the class is written, the newest,
the one that comes first. A note says which was taken, why, and what was left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.documents.notebook import holds_notebook
from grader.intake.sources.trees import Tree, Unreadable
from grader.intake.student_files import Piece, folded, without_counter
from grader.model.submission import MAX_BYTES

_SHOWN = 5
_LONGEST = 200

LOOKED_AT = 16 << 20
"""Bytes of a student's files that are looked at to find out which of them is meant."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        stem: The name of the file, without suffix.
        entry: The name of the class.
    """

    stem: str
    entry: str

    def is_called(self, name: str) -> bool:
        """Whether this is the right name for a file, as Python or as a notebook."""
        return folded(without_counter(name).rpartition(".")[0]) == folded(self.stem)


def choose(
    pieces: Sequence[Piece], wanted: Wanted, read: Callable[[Piece], bytes]
) -> tuple[Piece, tuple[str, ...]]:
    """Return one of the pieces, and notes on it.

    Args:
        pieces: At least one, all of one kind, sorted by path.
        wanted: What is looked for.
        read: Gives a piece's content, empty if it cannot be read; asked only for what is left
            when names do not decide.
    """
    left, reason = list(pieces), ""
    if len(left) > 1 and (called := [piece for piece in left if wanted.is_called(piece.called)]):
        left, reason = called, "by its name"
    if len(left) > 1:
        text = re.compile(rb"\b(?:class|def)\s+%b\b" % wanted.entry.encode())
        written = [piece for piece in left if text.search(read(piece))]
        if 0 < len(written) < len(left):
            left, reason = written, f"for the class {wanted.entry} in it"
    if len(left) > 1:
        newest = max(piece.found.modified for piece in left)
        recent = [piece for piece in left if piece.found.modified == newest]
        if len(recent) < len(left):
            left, reason = recent, "as the newest"
    if len(left) > 1:
        left.sort(key=lambda piece: (len(piece.found.parts), piece.found.parts))
        reason = "as the first of equals"
    chosen = left[0]
    if len(pieces) == 1:
        return chosen, ()
    others = [piece.found.shown for piece in pieces if piece is not chosen]
    return chosen, (f"took {chosen.found.shown} {reason}, left {listed(others)}",)


def disguised(pieces: Sequence[Piece], read: Callable[[Piece], bytes]) -> list[Piece]:
    """Return those of the files that are notebooks under another name."""
    likely = [one for one in pieces if one.called.lower().endswith((".json", ".txt"))]
    return [one for one in likely if holds_notebook(read(one))]


def listed(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are."""
    short = [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…" for name in names[:_SHOWN]]
    shown = ", ".join(short)
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def looked_at(tree: Tree) -> Callable[[Piece], bytes]:
    """Return what reads pieces for :func:`choose`: nothing more once it has read a lot.

    What cannot be read has cost as much as what is large, as far as anybody knows.
    """
    left = LOOKED_AT

    def read(one: Piece) -> bytes:
        nonlocal left
        if left <= 0:
            return b""
        try:
            content = tree.read(one.found, MAX_BYTES)
        except Unreadable:
            left -= MAX_BYTES
            return b""
        left -= len(content)
        return content

    return read
