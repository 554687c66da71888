"""Room: the student's lines around a failure, found by indentation: sources are never parsed here.

A line tracer would tell which lines ran, and would be told what the student's code likes; the
frames of an exception and the names of the calls are known to the judge anyhow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_LINES = 40
MAX_LENGTH = 160
_AROUND = 6
_CALLED = re.compile(r"\.(\w+)\(")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the submission.

    Attributes:
        number: Counted from 1.
        mark: ``failed`` for the line at which it ended, ``called`` for one that led there, or "".
    """

    number: int
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a submission that belong together.

    Attributes:
        function: What they are the body of; empty outside of functions.
    """

    function: str
    lines: tuple[Line, ...]


def excerpts(source: str, evidence: Mapping[str, Any]) -> list[Excerpt]:
    """Return the functions that an exception passed through, or else the one called last.

    Args:
        source: The submission's text; may be anything.
        evidence: Of a check, or of a file that could not be loaded.
    """
    lines = re.split(r"\r\n|\r|\n", source)
    frames = [f for f in evidence.get("traceback") or [] if 0 < f["line"] <= len(lines)]
    if frames and source:
        marks = {frame["line"]: "called" for frame in frames}
        marks[frames[-1]["line"]] = "failed"
        blocks = dict.fromkeys(_block_around(lines, frame["line"]) for frame in frames)
        return [_excerpt(lines, start, end, marks) for start, end in blocks]
    called = [name for call in evidence.get("calls") or () for name in _CALLED.findall(call)[:1]]
    if not called or evidence.get("kind") not in ("value", "shape", "type", "property"):
        return []
    head = re.compile(rf"\s*(async\s+)?def\s+{re.escape(called[-1])}\b")
    heads = [number for number, line in enumerate(lines, 1) if head.match(line)]
    if not heads:
        return []
    return [_excerpt(lines, heads[-1], _end_of_block(lines, heads[-1]), {})]


def _block_around(lines: Sequence[str], number: int) -> tuple[int, int]:
    """First and last line of the function that holds a line, or of its neighbourhood."""
    outer = _indent(lines[number - 1])
    for candidate in range(number, 0, -1):
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
    for number in range(head + 1, len(lines) + 1):
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
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _excerpt(lines: Sequence[str], start: int, end: int, marks: Mapping[int, str]) -> Excerpt:
    named = re.match(r"\s*(?:async\s+)?def\s+(\w+)", lines[start - 1])
    if end - start >= MAX_LINES:
        wanted = max([number for number in marks if start <= number <= end], default=start)
        start = max(start, wanted - MAX_LINES // 2)
        end = min(end, start + MAX_LINES - 1)
    shown = [(number, lines[number - 1].expandtabs(4).rstrip()) for number in range(start, end + 1)]
    margin = min((_indent(text) for _, text in shown if text.strip()), default=0)
    return Excerpt(
        named[1][:100] if named else "",
        tuple(Line(n, _short(text[margin:]), marks.get(n, "")) for n, text in shown),
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
