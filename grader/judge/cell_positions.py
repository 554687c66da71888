"""Lines of a notebook in what is said of it: by cell and line, as its author sees them."""

from __future__ import annotations

import re

from msgspec.structs import replace

from grader.model.evidence import Evidence, Frame
from grader.model.report import CheckResult, Diagnosis, Report
from grader.model.submission import Submission

_LINES = re.compile(r"\b([Ll])ines? (\d{1,7}(?:(?:, | and )\d{1,7})*)\b")


def in_cells(report: Report, submission: Submission, told: tuple[str, ...]) -> Report:
    """Return the report with each line of the notebook's source by its cell.

    Args:
        report: On a notebook.
        submission: The notebook.
        told: Those of its notes that speak of lines.
    """
    at_file = re.compile(rf"({re.escape(submission.name)}):(?=\d+: )")

    def said(text: str) -> str:
        if at_file.match(text):
            text = at_file.sub(r"\1, line ", text, count=1)
        return _LINES.sub(lambda found: _by_cell(found, submission), text)

    def shown(evidence: Evidence) -> Evidence:
        frames = evidence.get("traceback")
        if not frames:
            return evidence
        return {**evidence, "traceback": [_frame(frame, submission) for frame in frames]}

    def check(result: CheckResult) -> CheckResult:
        message, evidence = said(result.message), shown(result.evidence)
        return replace(result, message=message, evidence=evidence)

    def diagnosis(each: Diagnosis) -> Diagnosis:
        title, hint, why, stronger = map(said, (each.title, each.hint, each.why, each.stronger))
        return replace(each, title=title, hint=hint, why=why, stronger=stronger)

    return replace(
        report,
        message=said(report.message),
        evidence=shown(report.evidence),
        checks=tuple(map(check, report.checks)),
        diagnoses=tuple(map(diagnosis, report.diagnoses)),
        notes=tuple(said(note) if note in told else note for note in report.notes),
        cells=submission.cells,
    )


def _by_cell(found: re.Match[str], submission: Submission) -> str:
    """``cell 2, line 3`` for ``line 14``; what is no line of a cell stays."""
    numbers = [int(number) for number in re.findall(r"\d+", found[2])]
    places = [submission.place(number) for number in numbers]
    if not all(places):
        return found[0]
    word = "Cell" if found[1] == "L" else "cell"
    cells = [place[0] for place in places if place]
    lines = [str(place[1]) for place in places if place]
    if len(lines) > 1 and len(set(cells)) == 1:
        return f"{word} {cells[0]}, lines {', '.join(lines[:-1])} and {lines[-1]}"
    each = [f"cell {cell}, line {line}" for cell, line in zip(cells, lines, strict=True)]
    text = f"{'; '.join(each[:-1])} and {each[-1]}" if len(each) > 1 else each[0]
    return word + text.removeprefix("cell")


def _frame(frame: Frame, submission: Submission) -> Frame:
    place = submission.place(frame["line"])
    return {**frame, "cell": place[0], "cell_line": place[1]} if place else frame
