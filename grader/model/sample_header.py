"""The header of a sample submission: comments that say what is special about it, or wrong.

A sample is a student's file. One that is right says in which style::

    # style: every product is written as np.einsum

One that is wrong says what its author believed, and what must come of it: the groups that lose
points and no others, the points that are left, the diagnoses and no others (``none`` is an answer),
and words that the student must be told::

    # mistake: averages the bias gradient over the batch
    # fails: bias-gradient
    # points: 92
    # diagnoses: bias-mean
    # says: column sums

``# fails: unloadable`` is for files in which there is nothing to call. With ``# hint:``, and
``# why:`` and ``# stronger:`` beside it, the header is also what a student is told whose code does
the same as the sample.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(
    r"#[ \t]*(style|mistake|fails|points|diagnoses|says|why|hint|stronger):[ \t]*(.*?)[ \t]*"
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """The header of a sample. None stands for what is not said.

    Attributes:
        about: The style, or the mistake, in words.
        fails: Ids of the groups that lose points, or ``unloadable`` alone.
        points: What is left.
        diagnoses: Ids.
        says: Words of which each must be in the report.
        why: Why the mistake matters.
        hint: Leads without giving the answer away.
        stronger: Leads further.
    """

    about: str | None = None
    fails: frozenset[str] | None = None
    points: float | None = None
    diagnoses: frozenset[str] | None = None
    says: tuple[str, ...] = ()
    why: str = ""
    hint: str = ""
    stronger: str = ""


def read_declaration(path: Path) -> Declaration:
    """Read a sample's header: the comments at its top.

    Raises:
        ValueError: The points are not a number.
    """
    said: dict[str, str] = {}
    says: list[str] = []
    for line in path.read_text("utf-8-sig", errors="replace").splitlines():
        if not line.startswith("#"):
            break
        found = _LINE.fullmatch(line)
        if found and found[1] == "says":
            says.append(found[2])
        elif found:
            said[found[1]] = found[2]
    return Declaration(
        about=said.get("style", said.get("mistake")),
        fails=_names(said.get("fails")),
        points=float(said["points"]) if "points" in said else None,
        diagnoses=_names(said.get("diagnoses")),
        says=tuple(says),
        **{name: said.get(name, "") for name in ("why", "hint", "stronger")},
    )


def _names(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    return frozenset(name.strip() for name in text.split(",")) - {"", "none"}
