"""Hints for the first thing to fix, one step after the other, for who does not want the report yet.

Where to look, what to ask oneself, the smallest example, the idea: all from what the report and
the statement have anyway. An author who wants other words writes them as ``hint``, ``why`` and
``stronger`` of a mistake.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from grader.model.report import CheckResult, Report
from grader.model.safe_text import inert
from grader.reporters import Page
from grader.reporters.parts.failed_check import why_failed
from grader.reporters.parts.reading_order import Failure, Mistake, arrange
from grader.reporters.parts.rich_text import laid_out
from grader.reporters.parts.source_location import line_of_check
from grader.reporters.parts.student_lines import made_line, raised_line
from grader.reporters.terminal import MIN_WIDTH, render_score
from grader.views.statement import maths_as_unicode


class Step(msgspec.Struct, frozen=True):
    """One hint."""

    title: str
    body: Sequence[RenderableType]


class Hints(msgspec.Struct, frozen=True):
    """What can be said of one thing to fix.

    Attributes:
        mistake: Its name: that of a diagnosis, or of a check.
        steps: The hints, the mildest first.
    """

    mistake: str
    steps: tuple[Step, ...]


def hints_for(report: Report, page: Page, statement: str) -> Hints | None:
    """The hints for the first thing to fix; None where there is none."""
    told = arrange(report)
    if not told.to_do:
        return None
    thing = told.to_do[0]
    width = max(page.width, MIN_WIDTH) - 2
    inner = dataclasses.replace(page, width=width, cells=report.cells)
    check = _check_of(thing, report)
    steps = [Step("Where to look", _where(report, check, inner)), _question(thing)]
    if check is not None:
        steps.append(Step("The smallest example", why_failed(check, inner)))
    steps.append(Step("The idea", _idea(thing, report, check, statement)))
    return Hints(thing.name, tuple(steps))


def render_hints(report: Report, page: Page, hints: Hints, step: int) -> str:
    """Return the score, the hints up to a step, and how to get the next."""
    parts: list[RenderableType] = []
    for number, each in enumerate(hints.steps[:step], 1):
        body = [part for i, part in enumerate(each.body) if i or part != ""]
        head = Text(f"{number} of {len(hints.steps)}  {each.title}", style="bold")
        parts += ["", head, Padding(Group(*body), (0, 0, 0, 2))]
    more = step < len(hints.steps)
    further = f"One step further: --hint {step + 1}" if more else "These are all hints"
    parts += ["", Text(f"{further}. The whole report: {page.command}", style="dim")]
    return render_score(report, page) + laid_out(parts, page)


def _check_of(thing: Mistake | Failure, report: Report) -> CheckResult | None:
    """The check that shows it."""
    if isinstance(thing, Failure):
        return thing.check
    failed = (c for c in report.checks if c.status not in ("passed", "blocked"))
    return thing.example or next((c for c in failed if c.group == thing.diagnosis.group), None)


def _where(report: Report, check: CheckResult | None, page: Page) -> list[RenderableType]:
    if check is None:
        lines = raised_line(report.evidence, page)
        return lines or [Text("At the file as a whole.")]
    if lines := raised_line(check.evidence, page) or made_line(check, page):
        return lines
    line = line_of_check(check, report, page)
    text = page.source.splitlines()[line - 1 : line] if line is not None else []
    if text:
        return [Text(inert(f"line {line}: {text[0].strip()}"))]
    return [Text(f"At what '{check.group}' is about.")]


def _question(thing: Mistake | Failure) -> Step:
    if isinstance(thing, Mistake):
        return Step("Ask yourself", [Text(inert(thing.diagnosis.hint))])
    return Step("Ask yourself", [Text(inert(f"Is this so? {thing.check.title}."))])


def _idea(
    thing: Mistake | Failure, report: Report, check: CheckResult | None, statement: str
) -> list[RenderableType]:
    if isinstance(thing, Mistake):
        named = thing.diagnosis
        further = named.stronger if named.stronger != named.hint else ""
        return [Text(inert(text)) for text in (named.title, named.why, further) if text]
    said = _statement_of(check, statement) if check is not None else ""
    read = Text(f"What the statement says of it: grader show {report.problem}")
    return [Markdown(maths_as_unicode(said), hyperlinks=False), read] if said else [read]


def _statement_of(check: CheckResult, statement: str) -> str:
    """What the statement says of the method that was called last: the item of a list about it."""
    for call in reversed([str(call) for call in check.evidence.get("calls") or ()]):
        called = re.match(r"(?:\w+ = )?\w+\.([A-Za-z_]\w*)\(", call)
        name = called[1] if called else "__init__" if re.match(r"\w+ = \w+\(", call) else ""
        item = re.search(rf"^- +(?:\*\*)?`{name}\(.*?(?=^\s*$|^- |\Z)", statement, re.M | re.S)
        if name and item:
            return item[0].removeprefix("- ")
    return ""
