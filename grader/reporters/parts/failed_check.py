"""A failed check in a terminal: why, where, what was called, and what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.model.report import CheckResult
from grader.model.safe_text import cut, inert
from grader.reporters import Page
from grader.reporters.parts.side_by_side import side_by_side
from grader.reporters.parts.student_lines import made_line, raised_line

MAX_OUTPUT_LINES = 12
MAX_EXPLAINED = 2_000  # characters of output; folding long lines is slow
SCREEN_OUTPUT, SCREEN_CALLS, SCREEN_TEXT = 4, 8, 4
"""On the screen: lines of output, calls, and lines of each call or message."""


def why_failed(check: CheckResult, page: Page, calls_known: bool = False) -> list[RenderableType]:
    """Why a check failed, the student's line, what was called, and what came of it."""
    inner = dataclasses.replace(page, width=page.width - 2)
    text = check.message if page.whole else limited(check.message, inner.width, SCREEN_TEXT)
    body: list[RenderableType] = [Text(inert(text))]
    body += raised_line(check.evidence, inner) or made_line(check, inner)
    return body + shown_example(check, inner, calls_known)


def shown_example(
    check: CheckResult, page: Page, calls_known: bool = False
) -> list[RenderableType]:
    """What was called, and what came of it beside what was expected."""
    evidence, body = check.evidence, list[RenderableType]()
    if evidence.get("calls") and calls_known:
        body += ["", Text("After the same calls as above.", style="dim")]
    elif evidence.get("calls"):
        example = evidence.get("example", {})
        shown = ", ".join(map(str, example.values()))
        intro = f"The smallest failing example: {shown}" if example else "What was done:"
        body += ["", Text(inert(intro)), *_calls([str(call) for call in evidence["calls"]], page)]
    body += side_by_side(evidence, page)
    most = MAX_OUTPUT_LINES if page.whole else SCREEN_OUTPUT
    return body + printed("Printed by your code", check.output, most)


def _calls(calls: Sequence[str], page: Page) -> list[RenderableType]:
    """The calls, a line or a few for each; on the screen the first and the last of many."""
    shown = list(calls)
    if not page.whole:
        shown = [limited(call, page.width - 2, 2) for call in calls]
        if len(shown) > SCREEN_CALLS:
            left = len(shown) - SCREEN_CALLS + 1
            shown = [*shown[:2], f"… ({left} more calls)", *shown[3 - SCREEN_CALLS :]]
    return [Padding(Text(inert(call), overflow="fold"), (0, 0, 0, 2)) for call in shown]


def limited(text: str, width: int, lines: int) -> str:
    """Text that takes about so many lines, or as much of its beginning."""
    most = width * lines - width // 4  # words are not broken, so that lines end early
    rows = text.splitlines()
    if len(text) <= most and len(rows) <= lines:
        return text
    return "\n".join(rows[:lines])[: most - 1] + "…"


def printed(
    title: str,
    output: str,
    most: int = MAX_OUTPUT_LINES,
    rest: str = "; all of them with --format json",
) -> list[RenderableType]:
    """The first lines of what the student's code printed; nothing if that is nothing."""
    if not output.strip():
        return []
    lines = output.rstrip().splitlines()
    shown = [cut(line, MAX_EXPLAINED) for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"[{len(lines) - most} more lines{rest}]")
    parts: list[RenderableType] = ["", Text(f"{title}:", style="bold")]
    return parts + [Text(f"  {inert(line)}", style="dim", overflow="fold") for line in shown]
