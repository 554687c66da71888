"""The report in a terminal: what is wrong, the smallest example, what to do next.

Everything is readable without colour, at 80 columns and in a pipe. Text of the submission
passes through :func:`grader.model.safe_text.inert`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model.report import CheckResult, Report
from grader.model.safe_text import cut, inert, number
from grader.reporters import Page
from grader.reporters.parts import arrays
from grader.reporters.parts.reading_order import Failure, Mistake, arrange, hint_of
from grader.reporters.parts.reading_order import Group as Marks
from grader.reporters.parts.rich_text import laid_out

SUFFIX = ".txt"
MIN_WIDTH = 40
MAX_ROWS, MAX_COLUMNS = 8, 6
MAX_OUTPUT_LINES = 12
MAX_EXPLAINED = 2_000  # characters of output; folding long lines is slow
MAX_BLOCKED = 5
MARKS = {"passed": ("✓", "green"), "blocked": ("–", "yellow")}
FAILED = ("✗", "red")


def render(report: Report, page: Page) -> str:
    """Return the report as text for a terminal of ``page.width`` columns, and at least 40."""
    page = dataclasses.replace(page, width=max(page.width, MIN_WIDTH))
    return laid_out(_parts(report, page), page)


def render_summary(report: Report, page: Page) -> str:
    """Return the head of the report: the score, the named mistakes, and the groups."""
    told = arrange(report)
    parts: list[RenderableType] = [_headline(report)]
    for mistake in told.mistakes:
        parts += ["", *_mistake(replace(mistake, example=None), page)]
    return laid_out([*parts, "", _groups(told.groups)], page)


def explain(check: CheckResult, width: int = 80) -> str:
    """Return why one check failed, and its example, for forms in which each check has a box."""
    quiet = replace(check, output="")
    body = [Text(inert(check.message)), *_traceback(check.evidence), *_example(quiet, width)]
    body += _printed("Printed by your code", cut(check.output, MAX_EXPLAINED), rest="")
    return laid_out(body, Page(width))


def explain_loading(report: Report, width: int = 80) -> str:
    """Return why there was nothing to check, and where."""
    body = [Text(inert(report.message)), *_traceback(report.evidence)]
    output = cut(report.output, MAX_EXPLAINED)
    body += _printed("Printed while the file was loaded", output, rest="")
    return laid_out(body, Page(width))


def _parts(report: Report, page: Page) -> list[RenderableType]:
    parts: list[RenderableType] = [_headline(report), Rule(style="dim", characters="─")]
    told = arrange(report)
    for mistake in told.mistakes:
        parts += ["", *_mistake(mistake, page)]
    if report.status in ("unloadable", "fault"):
        parts += ["", Text(inert(report.message)), *_traceback(report.evidence)]
    if report.checks:
        table = _groups(told.groups)
        parts += ["", table] if any(mistake.example for mistake in told.mistakes) else [table]
    for failure in told.failures:
        parts += ["", *_failure(failure, page.width - 2)]
    for message, checks in told.blocked.items():
        parts += _blocked(message, checks)
    parts += _printed("Printed while the file was loaded", report.output)
    if report.notes:
        parts += ["", Text("Notes (no marks lost)", style="bold")]
        parts += [_bullet(inert(note)) for note in report.notes]
    return parts + _footer(report, page)


def _mistake(mistake: Mistake, page: Page) -> list[RenderableType]:
    """What is wrong, why it matters, where to look, and the smallest example that shows it."""
    diagnosis, example = mistake.diagnosis, mistake.example
    head = Text.assemble((f"{FAILED[0]} {inert(diagnosis.title)}", "bold red"))
    if diagnosis.group:
        head.append(f"  ({diagnosis.group}, −{number(mistake.lost)})", style="dim")
    body: list[RenderableType] = [
        Text(inert(diagnosis.why)),
        Text.assemble(("Hint: ", "bold"), inert(hint_of(diagnosis, page.hints))),
    ]
    if example is not None:
        body += ["", Text(inert(example.message)), *_traceback(example.evidence)]
        body += _example(example, page.width - 2)
    return [head, Padding(Group(*body), (0, 0, 0, 2))]


def _headline(report: Report) -> RenderableType:
    colour = "green" if report.status == "passed" else "red"
    title = Text.assemble((report.problem, "bold"), "  ", inert(report.submission_name))
    score = f"{number(report.score)} / {number(report.max_score)}"
    if report.status == "unloadable":
        score = f"not gradable  {score}"
    line = Table.grid(expand=True)
    line.add_column(ratio=1, overflow="fold")
    line.add_column(justify="right", no_wrap=True)
    line.add_row(title, Text(score, style=f"bold {colour}"))
    return line


def _groups(groups: Sequence[Marks]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ignore")
    table.add_column(no_wrap=True, overflow="ignore", justify="right")
    table.add_column()
    for group in groups:
        mark, colour = MARKS.get(group.state, FAILED)
        table.add_row(
            Text(f" {mark}", style=colour),
            Text(group.name),
            Text(f"{number(group.points)} / {number(group.max_points)}", justify="right"),
            Text(group.counted, style="dim"),
        )
    return table


def _heading(check: CheckResult) -> RenderableType:
    head = Text.assemble((f"{FAILED[0]} {check.title}", "bold red"))
    return head.append(f"  ({check.group}, −{number(check.max_points)})", style="dim")


def _failure(failure: Failure, width: int) -> list[RenderableType]:
    check = failure.check
    if failure.same_as is not None:
        return [_heading(check), Text("  The same example shows it.", style="dim")]
    body: list[RenderableType] = [Text(inert(check.message)), *_traceback(check.evidence)]
    body += _example(check, width, failure.calls_known)
    return [_heading(check), Padding(Group(*body), (0, 0, 0, 2))]


def _example(check: CheckResult, width: int, calls_known: bool = False) -> list[RenderableType]:
    """What was called, and what came of it beside what was expected."""
    evidence, body = check.evidence, list[RenderableType]()
    if evidence.get("calls") and calls_known:
        body += ["", Text("After the same calls as above.", style="dim")]
    elif evidence.get("calls"):
        example = evidence.get("example", {})
        shown = ", ".join(map(str, example.values()))
        intro = f"The smallest failing example: {shown}" if example else "What was done:"
        body += ["", Text(inert(intro))]
        body += [Text(f"  {inert(str(line))}", overflow="fold") for line in evidence["calls"]]
    body += _values(evidence, width)
    return body + _printed("Printed by your code", check.output)


def _traceback(evidence: Mapping[str, Any]) -> list[RenderableType]:
    frames = evidence.get("traceback") or []
    if not frames:
        return []
    lines: list[RenderableType] = [""]
    for frame in frames:
        where = f"line {frame['line']}"
        if "cell" in frame:
            where = f"cell {frame['cell']}, line {frame['cell_line']}"
        where += f", in {frame['function']}" if frame["function"] else ""
        lines.append(Text(inert(f"  {where}"), style="dim"))
        if frame["source"]:
            lines.append(Text(inert(f"    {frame['source']}"), overflow="fold"))
        if "column" in frame:
            lines.append(Text(f"    {' ' * (frame['column'] - 1)}^"))
    return lines


# -- expected and yours, side by side ------------------------------------------------------


def _values(evidence: Mapping[str, Any], width: int) -> list[RenderableType]:
    """What was expected and what came, beside each other where they fit, else one below."""
    first = (evidence.get("first") or {}).get("index") or []
    compared = arrays.compare(evidence)
    wrong = compared.wrong_yours if compared else frozenset()
    digits = compared.digits if compared else arrays.DIGITS
    if evidence.get("kind") == "property" and (evidence.get("yours") or {}).get("corner"):
        return []  # what is wrong with so many numbers is in the message, and not in a few of them
    blocks = [
        _value(
            part, evidence[part], first, wrong if part == "yours" else frozenset(), digits, width
        )
        for part in ("expected", "yours")
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
    described: Mapping[str, Any],
    first: Sequence[int],
    wrong: frozenset[arrays.Index],
    digits: int,
    width: int,
) -> list[Text]:
    shape = described.get("shape")
    dtype = described.get("dtype", "")
    details = f", shape {tuple(shape)}" if shape is not None else ""
    details += f", {dtype}" if dtype not in ("", "float64") else ""
    head = Text.assemble((title, "bold"), (details, "dim"))
    if "values" in described:
        return [head, *_matrix(described, first, wrong, digits, width - 2)]
    if "text" in described:
        return [head, Text(inert(f"{described['text']}  ({described['type']})"))]
    return [head]


def _matrix(
    described: Mapping[str, Any],
    first: Sequence[int],
    wrong: frozenset[arrays.Index],
    digits: int,
    width: int,
) -> list[Text]:
    """An array as aligned columns; wrong elements are marked with ``*`` and in red.

    As many columns as there is room for beside each other, and at least one.
    """
    columns = MAX_COLUMNS
    while plane := arrays.plane(described, first, MAX_ROWS, columns):
        shown = [[arrays.cell_text(value, digits) for _, value in row] for row in plane.rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        if columns == 1 or sum(widths) + 3 * len(widths) + 3 <= width:
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


# -- the rest ------------------------------------------------------------------------------


def _blocked(message: str, checks: Sequence[CheckResult]) -> list[RenderableType]:
    parts: list[RenderableType] = ["", Text(inert(message), style="yellow")]
    if len(checks) <= MAX_BLOCKED:
        return parts + [_bullet(f"{check.title}  ({check.group})") for check in checks]
    groups = dict.fromkeys(check.group for check in checks)
    return [*parts, _bullet(f"{len(checks)} checks in {', '.join(groups)}")]


def _bullet(text: str) -> RenderableType:
    grid = Table.grid()
    grid.add_row(Text("  - "), Text(text))
    return grid


def _printed(
    title: str, output: str, rest: str = "; all of them with --format json"
) -> list[RenderableType]:
    if not output.strip():
        return []
    lines = output.rstrip().splitlines()
    shown = lines[:MAX_OUTPUT_LINES]
    if len(lines) > MAX_OUTPUT_LINES:
        shown.append(f"[{len(lines) - MAX_OUTPUT_LINES} more lines{rest}]")
    parts: list[RenderableType] = ["", Text(f"{title}:", style="bold")]
    return parts + [Text(f"  {inert(line)}", style="dim", overflow="fold") for line in shown]


def _footer(report: Report, page: Page) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if page.hints < 2 and page.command and any(named.stronger for named in report.diagnoses):
        parts += ["", Text("Hints that lead further:"), Text(f"  {page.command} --hints 2")]
    if any(check.reproduce for check in report.checks):
        parts += ["", Text("Scripts that show each failure with NumPy and your file alone:")]
        parts.append(Text(f"  {page.command} --reproduce DIR"))
    if report.checks:
        parts += ["", Text(f"seed {report.seed}", style="dim")]
    opened = [name for name, refused in report.isolation.items() if not refused]
    if opened:
        text = f"practice: not isolated here ({', '.join(opened)} open to the submission)"
        parts += ["", Text(text, style="dim")]
    return parts
