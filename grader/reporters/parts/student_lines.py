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
from grader.reporters.parts.excerpts import excerpts
from grader.reporters.parts.value_lines import MADE, with_value_line

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
        where = _where(frame["function"], frame.get("cell"))
        line = int(frame.get("cell_line", frame["line"]))
        parts += _line(line, source, where, marked, page.width)
    return parts


def made_line(check: CheckResult, page: Page) -> list[RenderableType]:
    """The line that made the value in question, if it is known which one did."""
    found = excerpts(page.source, check.evidence, page.cells)
    for excerpt in with_value_line(found, check.evidence):
        for line in excerpt.lines:
            if line.mark == MADE:
                where, source = _where(excerpt.function, excerpt.cell), line.text.strip()
                return ["", *_line(line.number, source, where, [0, len(source)], page.width)]
    return []


def _where(function: str, cell: int | None) -> str:
    """What a line stands in: its cell, its function."""
    parts = (f"cell {cell}" if cell else "", f"in {function}" if function else "")
    return ", ".join(filter(None, parts))


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
