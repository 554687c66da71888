"""The report as a page of its own: what is wrong, the marks, each failure drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.model.report import CheckResult, Report
from grader.reporters import Page
from grader.reporters.parts.arrays import cell_text, is_exact
from grader.reporters.parts.excerpts import Excerpt, excerpts
from grader.reporters.parts.heat_maps import Gauge, HeatMap, gauge, heat_maps
from grader.reporters.parts.reading_order import arrange
from grader.reporters.parts.templates import render_page

SUFFIX = ".html"
MAX_OUTPUT_LINES, MAX_OUTPUT = 200, 20_000
MAX_CALL = 400
MAX_MESSAGE = 2000

STATES = {
    "passed": "Full marks",
    "failed": "Below full marks",
    "unloadable": "Could not be graded",
    "fault": "Not graded, through no fault of the submission",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A failing check, drawn.

    Attributes:
        anchor: A name for links on the page.
        intro: What the calls are.
        raised: Functions with the line that raised, or that ran out of time.
        code: Functions that ran when a wrong value came of it.
        tail: A sentence on how many values differ.
    """

    check: CheckResult
    anchor: str
    message: str
    intro: str
    calls: tuple[str, ...]
    maps: tuple[HeatMap, ...]
    gauge: Gauge | None
    tail: str
    raised: tuple[Excerpt, ...]
    code: tuple[Excerpt, ...]
    output: str


def render(report: Report, page: Page) -> str:
    """Return a page of HTML that needs nothing else: no network, and no scripts to be read."""
    told = arrange(report)
    shown = [mistake.example for mistake in told.mistakes if mistake.example is not None]
    shown += [failure.check for failure in told.failures if failure.same_as is None]
    return render_page(
        "report.html",
        report=report,
        told=told,
        examples={
            check.id: _example(check, f"check-{number}", page, report.cells)
            for number, check in enumerate(shown, 1)
        },
        state=STATES[report.status],
        message=_cut(report.message, MAX_MESSAGE),
        raised=excerpts(page.source, report.evidence, report.cells),
        output=_printed(report.output),
        command=page.command,
    )


def _example(
    check: CheckResult, anchor: str, page: Page, cells: tuple[tuple[int, int], ...]
) -> Example:
    evidence = check.evidence
    found = excerpts(page.source, evidence, cells)
    case = ", ".join(map(str, (evidence.get("example") or {}).values()))
    return Example(
        check,
        anchor,
        _cut(check.message, MAX_MESSAGE),
        f"The smallest failing example: {case}" if case else "What was done",
        tuple(_cut(str(call), MAX_CALL) for call in evidence.get("calls") or ()),
        tuple(heat_maps(evidence)),
        gauge(evidence),
        _how_many(evidence),
        tuple(found if evidence.get("traceback") else ()),
        tuple(() if evidence.get("traceback") else found),
        _printed(check.output),
    )


def _how_many(evidence: Mapping[str, Any]) -> str:
    wrong, of = evidence.get("wrong", 0), evidence.get("of", 0)
    if of < 2:
        return ""
    text = f"{wrong} of {of} values differ"
    if is_exact(evidence):
        return (
            f"{text}, by at most {cell_text(evidence['largest_error'])}; whole numbers are exact."
        )
    return f"{text}."


def _printed(output: str) -> str:
    """The beginning of what was printed, and how much more there is."""
    lines = output.rstrip()[:MAX_OUTPUT].splitlines()[:MAX_OUTPUT_LINES]
    text = "\n".join(lines)
    missing = len(output.rstrip()) - len(text)
    return f"{text}\n[{missing} more characters]" if missing > 0 else text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… [{len(text) - longest} more]"
