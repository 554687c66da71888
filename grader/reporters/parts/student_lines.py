"""Lines of the student's file in a terminal: what raised or returned, with carets below it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from grader.model.evidence import Evidence
from grader.model.report import CheckResult
from grader.model.safe_text import inert
from grader.reporters import Page
from grader.reporters.parts.source_location import returned_at

MAX_FRAMES = 3


def raised_line(evidence: Evidence, page: Page) -> list[RenderableType]:
    """The lines that an exception passed through, and below the last what it was raised by."""
    frames = evidence.get("traceback") or []
    shown = frames if page.whole else frames[-MAX_FRAMES:]
    parts: list[RenderableType] = [""] if shown else []
    for frame in shown:
        last = frame is shown[-1]
        source = str(frame["source"])
        marked = evidence.get("marked") or [0, len(source)] if last else None
        if "column" in frame:
            marked = [frame["column"] - 1, frame["column"]]
        where = f"in {frame['function']}" if frame["function"] else ""
        if "cell" in frame:
            where = ", ".join(filter(None, (f"cell {frame['cell']}", where)))
        line = int(frame.get("cell_line", frame["line"]))
        parts += _line(line, source, where, marked, page.width)
    return parts


def returned_line(check: CheckResult, page: Page) -> list[RenderableType]:
    """The return that gave the value in question, if it is known which one did."""
    found = returned_at(check, page.source)
    if found is None:
        return []
    line, source, function = found
    return ["", *_line(line, source, f"in {function}", [0, len(source)], page.width)]


def _line(
    line: int, source: str, where: str, marked: Sequence[int] | None, width: int
) -> list[RenderableType]:
    """A line of the student's with its number, and carets below what is marked in it."""
    gutter = max(4, len(str(line)))
    room = width - gutter - 6
    start, end = marked or (0, 0)
    source = source.replace("\t", " ")
    if len(source) > room:  # the part of it that holds the mark
        left = max(0, min(start, len(source) - room))
        source, start, end = source[left:][:room], start - left, min(end - left, room)
        source = f"…{source[1:]}" if left and start else source
    parts: list[RenderableType] = []
    if where:
        parts.append(Text(f"  {' ' * gutter} {inert(where)}", style="dim"))
    parts.append(
        Text.assemble((f"  {line:>{gutter}} │ ", "dim"), inert(source), overflow="ellipsis")
    )
    if marked and end > start:
        before = cell_len(inert(source[:start]))
        carets = "^" * max(1, cell_len(inert(source[start:end])))
        parts.append(
            Text.assemble((f"  {' ' * gutter} │ ", "dim"), " " * before, (carets, "bold red"))
        )
    return parts
