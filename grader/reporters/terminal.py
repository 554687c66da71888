"""Room: the report in a terminal: what is wrong, the smallest example, what to do next.

Everything is readable without colour, at 80 columns and in a pipe. Text of the submission
passes through :func:`grader.reporters.text.inert`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.report import CheckResult, Diagnosis, Report
from grader.reporters import Page
from grader.reporters.paper import laid_out
from grader.reporters.text import inert, number

MIN_WIDTH = 40
MAX_ROWS, MAX_COLUMNS = 8, 6
MAX_OUTPUT_LINES = 12
MAX_BLOCKED = 5
MARKS = {"passed": ("✓", "green"), "blocked": ("–", "yellow")}
FAILED = ("✗", "red")


def render(report: Report, page: Page) -> str:
    """Return the report as text for a terminal of ``page.width`` columns, and at least 40."""
    page = replace(page, width=max(page.width, MIN_WIDTH))
    return laid_out(_parts(report, page), page)


def _parts(report: Report, page: Page) -> list[RenderableType]:
    parts: list[RenderableType] = [_headline(report), Rule(style="dim", characters="─")]
    if report.status in ("unloadable", "fault"):
        parts += ["", Text(inert(report.message)), *_traceback(report.evidence)]
    failures = [check for check in report.checks if check.status not in ("passed", "blocked")]
    shown: list[CheckResult] = []
    for diagnosis in report.diagnoses:
        example = next((c for c in failures if c.group == diagnosis.group and c not in shown), None)
        lost = [c.max_points - c.points for c in report.checks if c.group == diagnosis.group]
        parts += ["", *_diagnosis(diagnosis, math.fsum(lost), example, page)]
        shown += [example] if example is not None else []
    if report.checks:
        parts += ["", _groups(report)] if shown else [_groups(report)]
    parts += _details([c for c in failures if c not in shown], shown, page.width - 2)
    blocked = [c for c in report.checks if c.status == "blocked" and c.max_points]
    parts += _blocked(blocked)
    parts += _printed("Printed while the file was loaded", report.output)
    if report.notes:
        parts += ["", Text("Notes (no marks lost)", style="bold")]
        parts += [_bullet(inert(note)) for note in report.notes]
    parts += _footer(report, page, failures)
    return parts


def _diagnosis(
    diagnosis: Diagnosis, lost: float, example: CheckResult | None, page: Page
) -> list[RenderableType]:
    """What is wrong, why it matters, where to look, and the smallest example that shows it."""
    head = Text.assemble((f"{FAILED[0]} {inert(diagnosis.title)}", "bold red"))
    if diagnosis.group:
        head.append(f"  ({diagnosis.group}, −{number(lost)})", style="dim")
    hint = diagnosis.stronger if page.hints > 1 and diagnosis.stronger else diagnosis.hint
    body: list[RenderableType] = [
        Text(inert(diagnosis.why)),
        Text.assemble(("Hint: ", "bold"), inert(hint)),
    ]
    if example is not None:
        body += ["", Text(inert(example.message)), *_traceback(example.evidence)]
        body += _example(example, page.width - 2)
    return [head, Padding(Group(*body), (0, 0, 0, 2))]


def _details(
    failures: Sequence[CheckResult], shown: Sequence[CheckResult], width: int
) -> list[RenderableType]:
    """The failures in full, but for those whose example has been shown."""
    parts: list[RenderableType] = []
    seen = [_essence(check) for check in shown]
    for check in failures:
        if _essence(check) in seen:
            parts += ["", _heading(check), Text("  The same example shows it.", style="dim")]
            continue
        seen.append(_essence(check))
        parts += ["", *_failure(check, width)]
    return parts


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


def _groups(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ignore")
    table.add_column(no_wrap=True, overflow="ignore", justify="right")
    table.add_column()
    names = dict.fromkeys(check.group for check in report.checks)
    for name in names:
        checks = [c for c in report.checks if c.group == name and c.max_points]
        bad = [check for check in checks if check.status != "passed"]
        mark, colour = MARKS["passed"] if not bad else FAILED
        if bad and all(check.status == "blocked" for check in bad):
            mark, colour = MARKS["blocked"]
        points = math.fsum(check.points for check in checks)
        worth = math.fsum(check.max_points for check in checks)
        table.add_row(
            Text(f" {mark}", style=colour),
            Text(name),
            Text(f"{number(points)} / {number(worth)}", justify="right"),
            Text("" if not bad else _counted(bad, checks), style="dim"),
        )
    return table


def _counted(bad: Sequence[CheckResult], checks: Sequence[CheckResult]) -> str:
    blocked = sum(check.status == "blocked" for check in bad)
    failed = len(bad) - blocked
    parts = [f"{failed} of {len(checks)} checks failed"] if failed else []
    parts += [f"{blocked} not possible"] if blocked else []
    return ", ".join(parts)


def _essence(check: CheckResult) -> Mapping[str, Any]:
    """What two checks of one group must share for the second to add nothing."""
    parts = ("calls", "yours", "expected", "traceback", "text")
    return {"group": check.group, **{part: check.evidence.get(part) for part in parts}}


def _heading(check: CheckResult) -> RenderableType:
    head = Text.assemble((f"{FAILED[0]} {check.title}", "bold red"))
    return head.append(f"  ({check.group}, −{number(check.max_points)})", style="dim")


def _failure(check: CheckResult, width: int) -> list[RenderableType]:
    body: list[RenderableType] = [Text(inert(check.message)), *_traceback(check.evidence)]
    body += _example(check, width)
    return [_heading(check), Padding(Group(*body), (0, 0, 0, 2))]


def _example(check: CheckResult, width: int) -> list[RenderableType]:
    """What was called, and what came of it beside what was expected."""
    evidence, body = check.evidence, list[RenderableType]()
    if evidence.get("calls"):
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
        where = f"line {frame['line']}" + (f", in {frame['function']}" if frame["function"] else "")
        lines.append(Text(inert(f"  {where}"), style="dim"))
        if frame["source"]:
            lines.append(Text(inert(f"    {frame['source']}"), overflow="fold"))
    return lines


# -- expected and yours, side by side ------------------------------------------------------


def _values(evidence: Mapping[str, Any], width: int) -> list[RenderableType]:
    """What was expected and what came, beside each other where they fit, else one below."""
    expected, yours = evidence.get("expected"), evidence.get("yours")
    first = (evidence.get("first") or {}).get("index") or []
    wrong = _wrong_cells(expected, yours, evidence.get("tolerance"))
    blocks = [
        _value("expected", expected, first, set()) if expected else [],
        _value("yours", yours, first, wrong) if yours else [],
    ]
    blocks = [block for block in blocks if block]
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
        text += f", by at most {_cell(evidence['largest_error'])}."
        rows.append(Text(f"  {text}", style="dim"))
    return rows


def _value(
    title: str, described: Mapping[str, Any], first: Sequence[int], wrong: set[Any]
) -> list[Text]:
    shape = described.get("shape")
    dtype = described.get("dtype", "")
    details = f", shape {tuple(shape)}" if shape is not None else ""
    details += f", {dtype}" if dtype not in ("", "float64") else ""
    head = Text.assemble((title, "bold"), (details, "dim"))
    if "values" in described:
        return [head, *_matrix(described["values"], len(shape or []), first, wrong)]
    if "text" in described:
        return [head, Text(inert(f"{described['text']}  ({described['type']})"))]
    return [head]


def _matrix(values: Any, dimensions: int, first: Sequence[int], wrong: set[Any]) -> list[Text]:
    """An array as aligned columns; wrong elements are marked with ``*`` and in red."""
    if dimensions == 0:
        values = [values]
    if dimensions < 2:
        values = [values]
        wrong = {(0, *index) if index else (0, 0) for index in wrong}
        first = [0, *first]
    if dimensions > 2 or not values or not values[0]:
        return [Text(str(values)[:200])]
    top = max(0, (first[0] if first else 0) - MAX_ROWS + 2)
    left = max(0, (first[1] if len(first) > 1 else 0) - MAX_COLUMNS + 2)
    right = min(len(values[0]), left + MAX_COLUMNS)
    bottom = min(len(values), top + MAX_ROWS)
    window = [[_cell(item) for item in row[left:right]] for row in values[top:bottom]]
    widths = [max(map(len, column)) for column in zip(*window, strict=True)]
    lines = [Text("  …")] if top else []
    for i, row in enumerate(window, top):
        line = Text("… " if left else "  ")
        for j, (shown, wide) in enumerate(zip(row, widths, strict=True), left):
            bad = (i, j) in wrong
            line.append(f"{shown:>{wide}}", style="red" if bad else "")
            line.append("*  " if bad else "   ")
        line.append("…" if right < len(values[0]) else "")
        lines.append(line)
    return lines + ([Text("  …")] if bottom < len(values) else [])


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def _wrong_cells(expected: Any, yours: Any, tolerance: Any) -> set[Any]:
    """Indices at which two described arrays of one shape differ by more than the tolerance."""
    if not tolerance or "values" not in (expected or {}) or "values" not in (yours or {}):
        return set()
    wanted, seen = dict(_flat(expected["values"])), dict(_flat(yours["values"]))
    if wanted.keys() != seen.keys():
        return set()
    finite = [abs(v) for v in wanted.values() if isinstance(v, int | float)]
    allowed = tolerance["atol"] + tolerance["rtol"] * max([1.0, *finite])

    def differs(a: Any, b: Any) -> bool:
        if isinstance(a, int | float) and isinstance(b, int | float):
            return bool(abs(a - b) > allowed)
        return bool(a != b)

    return {index for index, value in wanted.items() if differs(value, seen[index])}


def _flat(values: Any, index: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Any]]:
    if not isinstance(values, list):
        return [(index, values)]
    return [pair for i, item in enumerate(values) for pair in _flat(item, (*index, i))]


# -- the rest ------------------------------------------------------------------------------


def _blocked(checks: Sequence[CheckResult]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for message in dict.fromkeys(check.message for check in checks):
        same = [check for check in checks if check.message == message]
        parts += ["", Text(inert(message), style="yellow")]
        groups = dict.fromkeys(check.group for check in same)
        if len(same) <= MAX_BLOCKED:
            parts += [_bullet(f"{check.title}  ({check.group})") for check in same]
        else:
            parts.append(_bullet(f"{len(same)} checks in {', '.join(groups)}"))
    return parts


def _bullet(text: str) -> RenderableType:
    grid = Table.grid()
    grid.add_row(Text("  - "), Text(text))
    return grid


def _printed(title: str, output: str) -> list[RenderableType]:
    if not output.strip():
        return []
    lines = output.rstrip().splitlines()
    shown = lines[:MAX_OUTPUT_LINES]
    if len(lines) > MAX_OUTPUT_LINES:
        shown.append(
            f"[{len(lines) - MAX_OUTPUT_LINES} more lines; all of them with --format json]"
        )
    parts: list[RenderableType] = ["", Text(f"{title}:", style="bold")]
    return parts + [Text(f"  {inert(line)}", style="dim", overflow="fold") for line in shown]


def _footer(report: Report, page: Page, failures: Sequence[CheckResult]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if page.hints < 2 and page.command and any(named.stronger for named in report.diagnoses):
        parts += ["", Text("Hints that lead further:"), Text(f"  {page.command} --hints 2")]
    if any(check.reproduce for check in failures):
        parts += ["", Text("Scripts that show each failure with NumPy and your file alone:")]
        parts.append(Text(f"  {page.command} --reproduce DIR"))
    opened = [name for name, refused in report.isolation.items() if not refused]
    if opened:
        text = f"practice: not isolated here ({', '.join(opened)} open to the submission)"
        parts += ["", Text(text, style="dim")]
    return parts
