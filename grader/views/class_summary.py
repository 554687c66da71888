"""A class in a terminal: its summary, and what a new round changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from grader.model.safe_text import inert, number
from grader.reporters import Page
from grader.reporters.parts.rich_text import laid_out
from grader.results.summary import Difference, Moved, Summary, Told

MAX_NAMES = 8
MAX_ROWS = 15
BAR = 30
MAX_NAMED_CHECKS = 4


def render_summary(summary: Summary, page: Page) -> str:
    """Return the summary as text for a terminal."""
    parts: list[RenderableType] = [
        Text.assemble((summary.problem, "bold"), f"  {_people(summary.students)}"),
        Text(_state(summary), style="dim"),
    ]
    if summary.mean is not None and summary.median is not None:
        marks = f"of {number(summary.max_score)}: mean {number(summary.mean)}, median"
        parts += ["", _head("Marks", f"{marks} {number(summary.median)}"), _histogram(summary.bins)]
    if summary.checks:
        parts += ["", _head("Checks that failed", "share of those that could be checked")]
        rates = [
            (f"{100 * rate.failed / rate.of:.0f} %", str(rate.failed), rate.title, rate.group)
            for rate in summary.checks
        ]
        parts += _table(rates)
    if summary.misconceptions:
        parts += ["", _head("Misconceptions")]
        found = summary.misconceptions
        parts += _table([(str(len(m.students)), m.title, _names(m.students)) for m in found])
    if summary.clusters:
        parts += ["", _head("Failing the same checks in the same way")]
        clusters = [
            (str(len(c.students)), _names(c.students), _names(c.groups)) for c in summary.clusters
        ]
        parts += _table(clusters)
    if summary.identical:
        parts += ["", _head("The same program", "names, comments and layout aside")]
        parts += _table([(str(len(group)), _names(group)) for group in summary.identical])
    parts += _told("Not gradable", summary.unloadable)
    parts += _told("Could not be graded, through no fault of theirs", summary.faults)
    parts += _told("Left out or missing", summary.left_out)
    if summary.slowest:
        parts += ["", _head("Slowest")]
        parts += _table([(f"{seconds:.1f} s", student) for student, seconds in summary.slowest])
    return laid_out(parts, page)


def render_difference(difference: Difference, page: Page) -> str:
    """Return what a new round changes as text for a terminal."""
    before, after = difference.before, difference.after
    parts: list[RenderableType] = [
        Text.assemble((after.slug, "bold"), f"  round {before.id} → round {after.id}"),
    ]
    for what, old, new in (
        ("problem", before.problem[:12], after.problem[:12]),
        ("seed", str(before.seed), str(after.seed)),
        ("grader", before.grader, after.grader),
    ):
        if old != new:
            parts.append(Text(f"{what} {old} → {new}", style="dim"))
    if before.seed != after.seed:
        parts.append(Text("Other seeds, other examples: a mark may move for that alone."))
    moved = difference.moved
    parts += ["", _head(f"{len(moved)} marks move" if moved else "No mark moves")]
    for one in moved:
        parts += _moved(one)
    return laid_out(parts, page)


def _moved(moved: Moved) -> list[RenderableType]:
    down = moved.after is None or (moved.before is not None and moved.after < moved.before)
    marks = f"{_mark(moved.before)} → {_mark(moved.after)}"
    line = Text.assemble(f"  {inert(moved.student)}  ", (marks, "red" if down else "green"))
    parts: list[RenderableType] = [line]
    if moved.why:
        parts.append(Text(f"    {inert(moved.why)}", style="dim"))
    for check in moved.checks:
        if check.before != check.after:
            states = f"{check.before or 'not there'} → {check.after or 'not there'}"
            parts.append(Text(f"    {states}: {check.title} ({check.id})"))
    weighed = [check for check in moved.checks if check.before == check.after]
    if weighed:
        points = sum(check.points_after - check.points_before for check in weighed)
        names = [check.id for check in weighed[:MAX_NAMED_CHECKS]]
        if len(weighed) > MAX_NAMED_CHECKS:
            names.append(f"{len(weighed) - MAX_NAMED_CHECKS} more")
        sign = "+" if points > 0 else ""
        parts.append(Text(f"    {sign}{number(points)} by other weights: {', '.join(names)}"))
    return parts


def _mark(mark: float | None) -> str:
    return "no mark" if mark is None else number(mark)


def _state(summary: Summary) -> str:
    waiting = summary.students - summary.graded - len(summary.faults)
    state = f"round {summary.round}, seed {summary.seed}, {summary.graded} graded"
    state += f", {len(summary.faults)} faults" if summary.faults else ""
    return state + (f", {waiting} not graded yet" if waiting else "")


def _people(count: int) -> str:
    return f"{count} student" + ("" if count == 1 else "s")


def _head(title: str, aside: str = "") -> Text:
    return Text.assemble((title, "bold"), (f"  {aside}" if aside else "", "dim"))


def _histogram(bins: Sequence[int]) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    width = 100 // len(bins)
    most = max([*bins, 1])
    for position, count in enumerate(bins):
        share = f"  {position * width}–{(position + 1) * width} %"
        table.add_row(share, str(count), Text("█" * -(-BAR * count // most), style="cyan"))
    return table


def _table(rows: Sequence[tuple[str, ...]]) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    for first, *rest in rows[:MAX_ROWS]:
        table.add_row(Text(f"  {inert(first)}"), *[Text(inert(c), overflow="fold") for c in rest])
    if len(rows) <= MAX_ROWS:
        return [table]
    return [table, Text(f"  … and {len(rows) - MAX_ROWS} more (all of them with --format json)")]


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - MAX_NAMES} more" if len(listed) > MAX_NAMES else ""
    return ", ".join(listed[:MAX_NAMES]) + more


def _told(title: str, told: Sequence[Told]) -> list[RenderableType]:
    return ["", _head(title), *_table([(one.student, one.message) for one in told])] if told else []
