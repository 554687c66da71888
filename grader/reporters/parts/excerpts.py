"""The student's lines behind a failure: the functions, what ran, and the line that failed.

Functions are found by indentation: sources are never parsed in this process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.model.evidence import Evidence

MAX_LINES = 40
MAX_LENGTH = 160
MAX_EXCERPTS = 4
_AROUND = 6
_FARTHEST = 2000
"""Lines above one of interest in which the function is looked for that holds it."""
_DEEPEST, _LONGEST = 200, 2000
"""Blanks at the beginning of a line, and characters of it, that are looked at."""
_FUNCTIONS = 50
"""Functions that are looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the submission.

    Attributes:
        number: Counted from 1.
        mark: ``failed`` for the line at which it ended, ``called`` for one that led there,
            ``ran`` for others that were executed; else empty.
    """

    number: int
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a submission that belong together.

    Attributes:
        function: What they are the body of; empty outside of functions.
        followed: Whether it is known which lines ran.
        cell: Of a notebook, the number of the cell whose lines these are; else 0.
    """

    function: str
    lines: tuple[Line, ...]
    followed: bool
    cell: int = 0


def excerpts(
    source: str, evidence: Evidence, cells: Sequence[tuple[int, int]] = ()
) -> list[Excerpt]:
    """Return the functions that an exception passed through, or else those that ran.

    Args:
        source: The submission's text; may be anything.
        evidence: Of a check, or of a file that could not be loaded.
        cells: Of a notebook, as in :attr:`grader.model.report.Report.cells`.
    """
    lines = lines_of(source)
    known = range(1, len(lines) + 1)
    marks = {line: "ran" for line in evidence.get("lines") or () if line in known}
    followed = bool(marks)
    frames = [f["line"] for f in evidence.get("traceback") or () if f["line"] in known]
    if not source or not (frames or marks):
        return []
    blocks: dict[tuple[int, int], None] = {}
    for line in frames or marks:
        inside = not frames and any(first <= line <= last for first, last in blocks)
        if not inside and len(blocks) < _FUNCTIONS:
            blocks[_within_cell(_block_around(lines, line), line, cells)] = None
    marks |= dict.fromkeys(frames, "called")
    marks |= dict.fromkeys(frames[-1:], "failed")
    outermost = [
        block
        for block in blocks
        if frames or not any(o[0] < block[0] and block[1] <= o[1] for o in blocks)
    ]
    found = [_excerpt(lines, *block, marks, followed) for block in outermost[:MAX_EXCERPTS]]
    return [_by_cell(excerpt, cells) for excerpt in found]


def _within_cell(
    block: tuple[int, int], line: int, cells: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Of a block, what is in the cell of one of its lines."""
    before = max((b for _, b in cells if b < line), default=0)
    behind = min((b for _, b in cells if b > before), default=None)
    first, last = block
    return max(first, before + 1), last if behind is None else min(last, behind - 1)


def _by_cell(excerpt: Excerpt, cells: Sequence[tuple[int, int]]) -> Excerpt:
    """The excerpt with its lines counted in their cell."""
    number = excerpt.lines[0].number if excerpt.lines else 0
    cell, before = max(((c, b) for c, b in cells if b < number), key=lambda c: c[1], default=(0, 0))
    lines = tuple(Line(line.number - before, line.text, line.mark) for line in excerpt.lines)
    return Excerpt(excerpt.function, lines, excerpt.followed, cell)


@lru_cache(maxsize=1)
def lines_of(source: str) -> list[str]:
    """The lines of a submission's text; kept, since every failing check asks for them."""
    return re.split(r"\r\n|\r|\n", source)


def _block_around(lines: Sequence[str], number: int) -> tuple[int, int]:
    """First and last line of the function that holds a line, or of its neighbourhood."""
    outer = _indent(lines[number - 1])
    for candidate in range(number, max(0, number - _FARTHEST), -1):
        line = lines[candidate - 1]
        if _is_no_start(line) or (_indent(line) >= outer and candidate != number):
            continue
        outer = min(outer, _indent(line))
        if re.match(r"\s*(async\s+)?def\b", line):
            return candidate, max(number, _end_of_block(lines, candidate))
        if outer == 0:
            break
    return max(1, number - _AROUND), min(len(lines), number + _AROUND)


def _end_of_block(lines: Sequence[str], head: int) -> int:
    """The last line of the block that begins with ``head``; brackets may close at its level."""
    outer, last = _indent(lines[head - 1]), head
    for number in range(head + 1, min(len(lines), head + _FARTHEST) + 1):
        line = lines[number - 1]
        deeper = _indent(line) > outer
        if not deeper and not _is_no_start(line):
            break
        if line.strip() and (deeper or line.lstrip()[0] != "#"):
            last = number
    return last


def _is_no_start(line: str) -> bool:
    """Whether a line begins no statement, so that its indentation means nothing."""
    return not line.strip() or line.lstrip()[0] in ")]}#"


def _indent(line: str) -> int:
    expanded = line[: len(line) - len(line.lstrip())][:_DEEPEST].expandtabs(8)
    return len(expanded)


def _excerpt(
    lines: Sequence[str], start: int, end: int, marks: Mapping[int, str], followed: bool
) -> Excerpt:
    named = re.match(r"\s*(?:async\s+)?def\s+(\w+)", lines[start - 1])
    if end - start >= MAX_LINES:
        wanted = {marks[n]: n for n in range(end, start - 1, -1) if n in marks}  # the first of each
        middle = wanted.get("failed") or wanted.get("called") or wanted.get("ran", start)
        start = max(start, middle - MAX_LINES // 2)
        end = min(end, start + MAX_LINES - 1)
    shown = [
        (number, lines[number - 1][:_LONGEST].expandtabs(4).rstrip())
        for number in range(start, end + 1)
    ]
    margin = min((_indent(text) for _, text in shown if text.strip()), default=0)
    return Excerpt(
        named[1][:100] if named else "",
        tuple(Line(n, _short(text[margin:]), marks.get(n, "")) for n, text in shown),
        followed,
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
