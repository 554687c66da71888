"""Canvas' bulk download ("Download Submissions").

All files in one folder, named by Canvas (``lib/content_zipper.rb`` in
github.com/instructure/canvas-lms)::

    doejane_12345_67890_dense.py          name, user id, attachment id, the student's file name
    doejane_LATE_12345_67890_dense-1.py   late; "-1" for a second upload of the same name
    anon_Ab3dE_67890_dense.py             an anonymous assignment
    doejane_12345_text.html               typed into the text box
    doejane_12345_link.html               a web address

The name is the sortable name ("Doe, Jane") in lower case without anything but letters, digits
and underscores; of a group it is the group's. Two students can have the same one; the id is
theirs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.intake.sources.trees import Found
from grader.intake.student_files import Handed, Kind, Piece, folded, piece

_NAME = re.compile(
    r"(?:(?P<late>LATE_)?anon_(?P<anon>[^\W_]+)|(?P<name>.+?)(?P<also_late>_LATE)?_(?P<user>[1-9]\d*))"
    r"_(?:(?P<form>text|link)\.html|[1-9]\d*_(?P<called>.+))",
    re.IGNORECASE | re.DOTALL,
)


def named_by_canvas(name: str) -> bool:
    """Whether a file's name is of Canvas' making."""
    return _NAME.fullmatch(name) is not None


def is_download(names: Iterable[str]) -> bool:
    """Whether files with these names were downloaded from Canvas.

    Most are named by Canvas, and no id has two names: ``alice_2024_1_dense.py`` and
    ``bob_2024_1_dense.py`` only look like it.
    """
    total, matches = 0, []
    for name in names:
        total += 1
        if match := _NAME.fullmatch(name):
            matches.append((match["user"], match["name"]))
    by_id = {(user, folded(name)) for user, name in matches if user}
    return len(matches) * 2 > total and len(by_id) == len({user for user, _ in by_id})


def read_name(name: str, found: Found) -> tuple[str, Handed]:
    """Return who handed a file in: a key that is the student's alone, and what is known.

    ``name`` must be :func:`named_by_canvas`.
    """
    match = _NAME.fullmatch(name)
    assert match is not None
    if match["anon"]:
        handed = Handed(f"anon_{match['anon']}", {"lms": match["anon"]})
    else:
        handed = Handed(match["name"], {"lms": match["user"]})
    if match["late"] or match["also_late"]:
        handed.notes.append("late, says Canvas")
    if match["form"]:
        kind = Kind.TEXT if match["form"].lower() == "text" else Kind.OTHER
        handed.pieces.append(Piece(f"{match['form']}.html", kind, found))
    else:
        handed.pieces.append(piece(match["called"], found))
    return handed.ids["lms"], handed
