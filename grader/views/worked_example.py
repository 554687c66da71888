"""The worked example of a statement: what it should print, and what it does, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.judge.worked_example import ExampleRun, Row
from grader.model.safe_text import inert
from grader.reporters import Page
from grader.reporters.parts.rich_text import laid_out

MAX_LINES = 40
"""Of output; who prints more is told by the check."""


def render_example(run: ExampleRun, page: Page) -> str:
    """Return the example's code, and below it both outputs; ``*`` marks what differs."""
    parts: list[RenderableType] = [Text("The example of the statement:", style="bold")]
    parts += [_indented(inert(line)) for line in run.code.splitlines()]
    parts += ["", *_outputs(run.rows, page.width), ""]
    if run.error:
        parts.append(Text(inert(run.error), style="red"))
    if run.right:
        parts.append(Text("The same. The checks try much more than this.", style="bold green"))
    elif not run.error:
        wrong = sum(not row.right for row in run.rows)
        differ = "one line differs" if wrong == 1 else f"{wrong} lines differ"
        parts.append(Text(f"Not the same: {differ}.", style="bold"))
    if page.command:
        parts.append(Text(f"All checks: {page.command}", style="dim"))
    return laid_out(parts, page)


def _outputs(rows: Sequence[Row], width: int) -> list[RenderableType]:
    """Both outputs, beside each other where they fit, else one below the other."""
    shown = rows[:MAX_LINES]
    expected = [_line(row.expected) for row in shown]
    yours = [_line(row.yours, marked=not row.right) for row in shown]
    if len(rows) > MAX_LINES:
        yours.append(Text(f"… ({len(rows) - MAX_LINES} more lines)"))
    columns = {"expected": expected, "yours": yours}
    widths = [max((line.cell_len for line in lines), default=0) for lines in columns.values()]
    if sum(widths) + 6 <= width:
        table = Table.grid(padding=(0, 4, 0, 0))
        heads = [Text(title, style="bold") for title in columns]
        table.add_row(
            *[Text("\n").join([h, *c]) for h, c in zip(heads, columns.values(), strict=True)]
        )
        return [Padding(table, (0, 0, 0, 2))]
    parts: list[RenderableType] = []
    for title, lines in columns.items():
        parts += [_indented(Text(title, style="bold")), *map(_indented, filter(None, lines))]
    return parts


def _line(text: str | None, marked: bool = False) -> Text:
    """A line of output; one that is missing is empty."""
    if text is None:
        return Text("*" if marked else "", style="red")
    return Text(inert(text) + (" *" if marked else ""), style="red" if marked else "")


def _indented(line: Text | str) -> RenderableType:
    text = Text(line) if isinstance(line, str) else line
    text.overflow = "fold"
    return Padding(text, (0, 0, 0, 2))
