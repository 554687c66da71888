"""What was expected and what came, in a terminal: arrays as columns, beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model.evidence import PARTS, Described, Evidence
from grader.model.safe_text import inert
from grader.reporters import Page
from grader.reporters.parts import arrays

MAX_ROWS, MAX_COLUMNS = 8, 6
SCREEN_ROWS = 5
"""Rows of an array where a report has to fit on a screen."""


def side_by_side(evidence: Evidence, page: Page) -> list[RenderableType]:
    """What was expected and what came, beside each other where they fit, else one below."""
    width, most = page.width, MAX_ROWS if page.whole else SCREEN_ROWS
    first = (evidence.get("first") or {}).get("index") or []
    compared = arrays.compare(evidence)
    wrong = compared.wrong_yours if compared else frozenset()
    digits = compared.digits if compared else arrays.DIGITS
    if evidence.get("kind") == "property" and (evidence.get("yours") or {}).get("corner"):
        return []  # what is wrong with so many numbers is in the message, and not in a few of them
    blocks = [
        _value(
            part,
            evidence[part],
            first,
            wrong if part == "yours" else frozenset(),
            digits,
            (most, width),
        )
        for part in PARTS
        if evidence.get(part)
    ]
    if not blocks:
        return []
    widths = [max(line.cell_len for line in block) for block in blocks]
    rows: list[RenderableType] = [""]
    if sum(widths) + 4 * len(blocks) <= width:
        table = Table.grid(padding=(0, 4, 0, 0))
        table.add_row(*[Text("\n").join(block) for block in blocks])
        rows.append(Padding(table, (0, 0, 0, 2)))
    else:
        rows += [Padding(line, (0, 0, 0, 2)) for block in blocks for line in block]
    if evidence.get("kind") == "value" and evidence.get("of", 0) > 1:
        text = f"{evidence['wrong']} of {evidence['of']} values differ"
        text += f", by at most {arrays.cell_text(evidence['largest_error'])}."
        rows.append(Text(f"  {text}", style="dim"))
    return rows


def _value(
    title: str,
    described: Described,
    first: Sequence[int],
    wrong: frozenset[arrays.Index],
    digits: int,
    room: tuple[int, int],
) -> list[Text]:
    shape = described.get("shape")
    dtype = described.get("dtype", "")
    details = f", shape {tuple(shape)}" if shape is not None else ""
    details += f", {dtype}" if dtype not in ("", "float64") else ""
    head = Text.assemble((title, "bold"), (details, "dim"))
    if "values" in described:
        return [head, *_matrix(described, first, wrong, digits, room)]
    if "text" in described:
        return [head, Text(inert(f"{described['text']}  ({described['type']})"))]
    return [head]


def _matrix(
    described: Described,
    first: Sequence[int],
    wrong: frozenset[arrays.Index],
    digits: int,
    room: tuple[int, int],
) -> list[Text]:
    """An array as aligned columns; wrong elements are marked with ``*`` and in red.

    As many columns as there is room for beside each other, and at least one.
    """
    rows, width = room
    columns = MAX_COLUMNS
    while plane := arrays.plane(described, first, rows, columns):
        shown = [[arrays.cell_text(value, digits) for _, value in row] for row in plane.rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        if columns == 1 or sum(widths) + 3 * len(widths) + 5 <= width:
            return _laid_out(plane, shown, widths, wrong)
        columns -= 1
    return [Text("  no elements")]


def _laid_out(
    plane: arrays.Plane,
    shown: Sequence[Sequence[str]],
    widths: Sequence[int],
    wrong: frozenset[arrays.Index],
) -> list[Text]:
    """The part of an array that is shown, with signs where there is more of it."""
    lines = [Text(f"  at [{', '.join(map(str, plane.lead))}]:")] if plane.lead else []
    lines += [Text("  …")] if plane.top else []
    more = plane.left + len(widths) < plane.width
    for row, texts in zip(plane.rows, shown, strict=True):
        line = Text("… " if plane.left else "  ")
        for (index, _), text, wide in zip(row, texts, widths, strict=True):
            bad = index in wrong
            line.append(f"{text:>{wide}}", style="red" if bad else "")
            line.append("*  " if bad else "   ")
        line.append("…" if more else "")
        lines.append(line)
    return lines + ([Text("  …")] if plane.top + len(shown) < plane.height else [])
