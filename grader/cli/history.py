"""What a student has tried: a line of JSON for each check, in the user's folder for such things.

It says which hint comes next, which problems are solved, and what is new since the last try. No
report depends on it, and no check waits for it or fails with it: what cannot be written or read is
lost in silence. ``GRADER_NO_HISTORY=1`` turns it off. Only ``grader check`` writes it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from grader.model.report import Report

OFF = "GRADER_NO_HISTORY"
LONGEST, KEPT = 1 << 20, 1000
"""Bytes of the file beyond which it is cut, and the attempts that are left then."""


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check of a file.

    Attributes:
        file: Its full path; ``-`` for standard input.
        right, of: Groups that were right, and all that were looked at.
        solved: Whether this was full marks for the whole problem.
        mistake: What there was to fix first: the id of a diagnosis or a check.
        step: The last hint that was given for that.
    """

    problem: str
    file: str
    right: int
    of: int
    solved: bool = False
    mistake: str = ""
    step: int = 0


def solved() -> set[str]:
    """The problems for which there was full marks."""
    return {attempt.problem for attempt in _read() if attempt.solved}


def last(problem: str, file: Path | None) -> Attempt | None:
    """The latest attempt of a file at a problem."""
    name = _name(file)
    found = (a for a in reversed(_read()) if (a.problem, a.file) == (problem, name))
    return next(found, None)


def attempt(problem: str, file: Path | None, report: Report, *, whole: bool) -> Attempt:
    """The attempt that a report tells of; hints go on where its first mistake is the last one's.

    Args:
        whole: Whether all groups were looked at.
    """
    from grader.reporters.parts.reading_order import arrange

    to_do = arrange(report).to_do
    mistake = to_do[0].name if to_do else ""
    before = last(problem, file)
    return Attempt(
        problem,
        _name(file),
        *groups_right(report),
        whole and report.status == "passed",
        mistake,
        before.step if before is not None and before.mistake == mistake else 0,
    )


def groups_right(report: Report) -> tuple[int, int]:
    """How many groups are right, and of how many."""
    from grader.reporters.parts.reading_order import arrange

    groups = arrange(report).groups
    return sum(group.state == "passed" for group in groups), len(groups)


def remember(attempt: Attempt) -> None:
    """Add an attempt, if that is possible."""
    path = _path()
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        # One write at the end of the file: two writers never mix. The line break comes first, so
        # that what a full disk has cut off spoils no other line.
        line = b"\n" + msgspec.json.encode(attempt) + b"\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            os.write(descriptor, line)
            long = os.fstat(descriptor).st_size > LONGEST
        finally:
            os.close(descriptor)
        if long:
            _cut(path)


def _cut(path: Path) -> None:
    """Keep the latest attempts, and one of each problem that is solved."""
    attempts = _read()
    kept = [*{a.problem: a for a in attempts if a.solved}.values(), *attempts[-KEPT:]]
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_bytes(b"".join(msgspec.json.encode(attempt) + b"\n" for attempt in kept))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _read() -> list[Attempt]:
    path, attempts, lines = _path(), list[Attempt](), list[bytes]()
    with contextlib.suppress(OSError):
        if path is not None and path.is_file():
            with path.open("rb") as file:
                lines = file.read(4 * LONGEST).splitlines()
    for line in filter(None, lines):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
            attempts.append(msgspec.json.decode(line, type=Attempt))
    return attempts


def _name(file: Path | None) -> str:
    if file is None:
        return "-"
    with contextlib.suppress(OSError):  # where the working folder is gone
        file = file.absolute()
    return os.fsencode(file).decode("utf-8", "replace")


def _path() -> Path | None:
    """Where it is kept; None if it is turned off, or there is no place for it."""
    if os.environ.get(OFF):
        return None
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    if "XDG_STATE_HOME" not in os.environ and sys.platform in ("darwin", "win32"):
        import click

        state = str(Path(click.get_app_dir("dense-grader")).parent)
    folder = os.path.expanduser(state)  # noqa: PTH111  (leaves ~ as it is where there is no home)
    return Path(folder, "dense-grader", "history.jsonl") if os.path.isabs(folder) else None  # noqa: PTH117
