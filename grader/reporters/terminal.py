"""The report in a terminal: what is wrong, the smallest example, what to do next.

What there is to do first is shown with its example, and the rest in a few lines each, so that one
screen holds it; with ``page.whole`` everything is shown. Everything is readable without colour, at
40 columns and in a pipe. Text of the submission passes through
:func:`grader.model.safe_text.inert`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from msgspec.structs import replace
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model.report import CheckResult, Report
from grader.model.safe_text import cut, inert, number
from grader.reporters import Page
from grader.reporters.parts.failed_check import (
    MAX_EXPLAINED,
    MAX_OUTPUT_LINES,
    SCREEN_OUTPUT,
    limited,
    printed,
    shown_example,
    why_failed,
)
from grader.reporters.parts.reading_order import (
    Arranged,
    Failure,
    Mistake,
    arrange,
    counted_words,
    hint_of,
)
from grader.reporters.parts.reading_order import Group as Marks
from grader.reporters.parts.rich_text import laid_out
from grader.reporters.parts.student_lines import raised_line

SUFFIX = ".txt"
MIN_WIDTH, WIDE = 40, 60
"""Columns that there are at least, and from which on failed checks are counted in words."""
MAX_BLOCKED = 5
MAX_MORE = 3
"""Things to do, after the first, that have lines of their own on the screen."""
MARKS = {"passed": ("✓", "green"), "blocked": ("–", "yellow")}
FAILED = ("✗", "red")


def render(report: Report, page: Page) -> str:
    """Return the report as text for a terminal of ``page.width`` columns, and at least 40."""
    page = dataclasses.replace(page, width=max(page.width, MIN_WIDTH), cells=report.cells)
    return laid_out(_parts(report, page), page)


def render_summary(report: Report, page: Page) -> str:
    """Return the head of the report: the score, the named mistakes, and the groups."""
    told = arrange(report)
    parts: list[RenderableType] = [_headline(report)]
    for mistake in told.mistakes:
        parts += ["", *_mistake(replace(mistake, example=None), page)]
    return laid_out([*parts, "", _groups(told.groups)], page)


def render_score(report: Report, page: Page) -> str:
    """Return the score, and in a sentence what there is to do, for who reads the rest elsewhere."""
    page = dataclasses.replace(page, width=max(page.width, MIN_WIDTH))
    if report.status in ("unloadable", "fault"):
        return laid_out([_headline(report), Text(inert(report.message))], page)
    return laid_out([_headline(report), *_verdict(report, arrange(report), page)], page)


def explain(check: CheckResult, width: int = 80) -> str:
    """Return why one check failed, and its example, for forms in which each check has a box."""
    page = Page(width, whole=True)
    quiet = replace(check, output="")
    body = [
        Text(inert(check.message)),
        *raised_line(check.evidence, page),
        *shown_example(quiet, page),
    ]
    body += printed("Printed by your code", cut(check.output, MAX_EXPLAINED), rest="")
    return laid_out(body, page)


def explain_loading(report: Report, width: int = 80) -> str:
    """Return why there was nothing to check, and where."""
    page = Page(width, whole=True)
    body = [Text(inert(report.message)), *raised_line(report.evidence, page)]
    output = cut(report.output, MAX_EXPLAINED)
    body += printed("Printed while the file was loaded", output, rest="")
    return laid_out(body, page)


def _parts(report: Report, page: Page) -> list[RenderableType]:
    told = arrange(report)
    parts: list[RenderableType] = [_headline(report), Rule(style="dim", characters="─")]
    parts += _verdict(report, told, page)
    parts += _to_do(told, page)
    if report.status in ("unloadable", "fault"):
        parts += ["", Text(inert(report.message)), *raised_line(report.evidence, page)]
    parts += _marks(told, page)
    if page.whole:
        for message, checks in told.blocked.items():
            parts += _blocked(message, checks)
    most = MAX_OUTPUT_LINES if page.whole else SCREEN_OUTPUT
    parts += printed("Printed while the file was loaded", report.output, most)
    if report.notes:
        parts += ["", Text("Notes (no marks lost)", style="bold")]
        parts += [_bullet(inert(note)) for note in report.notes]
    return parts + _footer(report, told, page)


def _verdict(report: Report, told: Arranged, page: Page) -> list[RenderableType]:
    """How many groups are right, and how many things there are to do, in a sentence."""
    if not report.checks:
        return []
    if report.status == "passed":
        of = f"All {len(told.groups)} groups are" if len(told.groups) > 1 else "Everything is"
        parts: list[RenderableType] = [Text(f"{of} right. Well done!", style="bold green")]
        if page.next_problem:
            parts.append(Text(f"Next exercise: grader show {page.next_problem}"))
        return parts
    right = sum(group.state == "passed" for group in told.groups)
    things = counted_words(len(told.to_do), "thing")
    groups = f"{right} of {len(told.groups)} groups {'is' if right == 1 else 'are'} right"
    return [Text(f"{groups}, {things} to fix.", style="bold")]


def _to_do(told: Arranged, page: Page) -> list[RenderableType]:
    """The first thing to do with its example, and those after it: all of them, or in short."""
    parts: list[RenderableType] = []
    first, *others = told.to_do or (None,)
    if first is not None:
        parts += ["", *_thing(first, page), *_needing(told, first, page)]
    if page.whole:
        for each in (*others, *told.repeated):
            parts += ["", *_thing(each, page)]
        return parts
    for each in others[:MAX_MORE]:
        parts += ["", *_in_short(each, page)]
    if left := len(others) - MAX_MORE:
        parts += ["", Text(f"and {counted_words(left, 'more thing')} to fix.")] if left > 0 else []
    return parts


def _thing(thing: Mistake | Failure, page: Page) -> list[RenderableType]:
    return _mistake(thing, page) if isinstance(thing, Mistake) else _failure(thing, page)


def _in_short(thing: Mistake | Failure, page: Page) -> list[RenderableType]:
    """What is wrong and a hint, or why a check failed, without an example."""
    if isinstance(thing, Mistake):
        hint = Text.assemble(("Hint: ", "bold"), inert(hint_of(thing.diagnosis, page.hints)))
        return [_title(thing), Padding(hint, (0, 0, 0, 2))]
    message = limited(thing.check.message, page.width - 2, 2)
    return [_heading(thing.check), Padding(Text(inert(message)), (0, 0, 0, 2))]


def _needing(told: Arranged, thing: Mistake | Failure, page: Page) -> list[RenderableType]:
    """What could not be checked because of it, in one sentence."""
    needing = told.needing(thing)
    if not needing or page.whole:
        return []
    groups = list(dict.fromkeys(c.group for c in needing))
    need = "needs" if len(needing) == 1 else "need"
    shown = ", ".join(groups[:4]) + (", …" if len(groups) > 4 else "")
    text = f"and {counted_words(len(needing), 'check')} that {need} it ({shown})."
    return ["", Padding(Text(text), (0, 0, 0, 2))]


def _title(mistake: Mistake) -> Text:
    head = Text.assemble((f"{FAILED[0]} {inert(mistake.diagnosis.title)}", "bold red"))
    if mistake.diagnosis.group:
        lost = f"  ({mistake.diagnosis.group}, −{number(mistake.lost)})"
        head.append(lost, style="dim")
    return head


def _mistake(mistake: Mistake, page: Page) -> list[RenderableType]:
    """What is wrong, why it matters, where to look, and the smallest example that shows it."""
    diagnosis, example = mistake.diagnosis, mistake.example
    body: list[RenderableType] = [
        Text(inert(diagnosis.why)),
        Text.assemble(("Hint: ", "bold"), inert(hint_of(diagnosis, page.hints))),
    ]
    if example is not None:
        body += ["", *why_failed(example, page)]
    return [_title(mistake), Padding(Group(*body), (0, 0, 0, 2))]


def _headline(report: Report) -> RenderableType:
    half = report.score * 2 >= report.max_score
    colour = "green" if report.status == "passed" else "yellow" if half else "red"
    title = Text.assemble((report.problem, "bold"), "  ", inert(report.submission_name))
    score = f"{number(report.score)} / {number(report.max_score)}"
    if report.status == "unloadable":
        score = f"not gradable  {score}"
    line = Table.grid(expand=True)
    line.add_column(ratio=1, overflow="fold")
    line.add_column(justify="right", no_wrap=True)
    line.add_row(title, Text(score, style=f"bold {colour}"))
    return line


def _marks(told: Arranged, page: Page) -> list[RenderableType]:
    """A line for each group; on the screen only for those in which something failed."""
    if not told.groups or not told.to_do:
        return ["", _groups(told.groups)] if told.groups and page.whole else []
    if page.whole:
        return ["", _groups(told.groups)]
    failed = [group for group in told.groups if group.state == "failed"]
    parts: list[RenderableType] = ["", _groups(failed, counted=page.width >= WIDE)]
    for state, words in (("blocked", "not checked in full yet"), ("passed", "right")):
        names = [group.name for group in told.groups if group.state == state]
        mark, colour = MARKS[state]
        if names:
            table = Table.grid(padding=(0, 2, 0, 0))
            table.add_row(Text(f" {mark}", style=colour), Text(f"{words}: {', '.join(names)}"))
            parts.append(table)
    return parts


def _groups(groups: Sequence[Marks], *, counted: bool = True) -> RenderableType:
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
            Text(group.counted if counted else "", style="dim"),
        )
    return table


def _heading(check: CheckResult) -> RenderableType:
    """A failed check by its title, which says what should be so."""
    head = Text.assemble((f"{FAILED[0]} not yet: {check.title}", "bold red"))
    return head.append(f"  ({check.group}, −{number(check.max_points)})", style="dim")


def _failure(failure: Failure, page: Page) -> list[RenderableType]:
    check = failure.check
    if failure.same_as is not None:
        return [_heading(check), Text("  The same example shows it.", style="dim")]
    body = why_failed(check, page, failure.calls_known)
    return [_heading(check), Padding(Group(*body), (0, 0, 0, 2))]


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


def _footer(report: Report, told: Arranged, page: Page) -> list[RenderableType]:
    """What else the command can tell, and what the report depends on."""
    parts: list[RenderableType] = []
    options = []
    if page.hints < 2 and any(named.stronger for named in report.diagnoses):
        options.append("--hints 2 (hints that lead further)")
    if not page.whole and report.checks and told.to_do:
        options.append("--all (every failure)")
    if any(check.reproduce for check in report.checks):
        options.append("--reproduce DIR (scripts that show each failure with NumPy and your file)")
    if page.command and options:
        parts += ["", Text(f"More with {'; '.join(options)}.", style="dim")]
    if report.checks:
        parts += ["", Text(f"seed {report.seed}", style="dim")]
    opened = [name for name, refused in report.isolation.items() if not refused]
    if opened:
        text = f"practice: not isolated here ({', '.join(opened)} open to the submission)"
        parts += ["", Text(text, style="dim")]
    return parts
