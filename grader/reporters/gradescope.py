"""The report as Gradescope's ``results.json``.

The keys are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/. All text is
declared as ``text``, so that nothing in it is taken for markup.

A fault has neither ``score`` nor ``tests``. One of them is required there, so that Gradescope says
that the autograder has failed, and nobody gets a zero for what was not their doing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from grader.model.report import CheckResult, Report
from grader.model.report_json import dumped
from grader.model.safe_text import cut, inert, number
from grader.reporters import Page
from grader.reporters.parts.reading_order import in_words
from grader.reporters.terminal import explain, explain_loading

SUFFIX = ".json"
MAX_TEXT = 10_000


def render(report: Report, page: Page) -> str:
    """Return what an autograder has to write to ``/autograder/results/results.json``."""
    data: dict[str, Any] = {}
    if report.status != "fault":
        data["score"] = report.score
    data |= {
        "execution_time": round(report.duration, 2),
        "output": cut(_summary(report, page), MAX_TEXT),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": _extra(report),
    }
    if report.status != "fault":
        data["tests"] = list(_tests(report)) or [_loading(report)]
    return dumped({**data, "leaderboard": []})


def _summary(report: Report, page: Page) -> str:
    """What students read above the tests; tells nothing of checks that they may not see yet."""
    if report.status == "fault":
        return inert(report.message)
    seen = {check.group for check in report.checks if check.visibility == "visible"}
    hidden = len({check.group for check in report.checks} - seen)
    lines = [f"{report.problem}: {inert(report.submission_name)}"]
    if not hidden:
        lines.append(f"{number(report.score)} of {number(report.max_score)} points")
    for diagnosis in report.diagnoses:
        if diagnosis.group in seen or not diagnosis.group:
            lines += ["", in_words(diagnosis, page.hints)]
    if report.notes:
        lines += ["", "Notes (no marks lost):", *(f"- {note}" for note in report.notes)]
    if report.checks and report.output.strip():
        lines += ["", "Printed while the file was loaded:", report.output.rstrip()]
    return inert("\n".join(lines))


def _extra(report: Report) -> dict[str, Any]:
    """What lets the mark be made again."""
    return {
        "problem": report.problem,
        "problem_digest": report.problem_digest,
        "submission_sha256": report.submission_sha256,
        "status": report.status,
        "seed": report.seed,
        "isolation": dict(report.isolation),
        "versions": dict(report.versions),
    }


def _tests(report: Report) -> Iterator[dict[str, Any]]:
    groups = list(dict.fromkeys(check.group for check in report.checks))
    counts = dict.fromkeys(groups, 0)
    for check in report.checks:
        counts[check.group] += 1
        if check.max_points or check.status not in ("passed", "blocked"):
            number = f"{groups.index(check.group) + 1}.{counts[check.group]}"
            yield _test(check, number)


def _test(check: CheckResult, number: str) -> dict[str, Any]:
    passed = check.status == "passed"
    return {
        "score": _points(check.points),
        "max_score": _points(check.max_points),
        "status": "passed" if passed else "failed",
        "name": check.title,
        "name_format": "text",
        "number": number,
        "output": "" if passed else cut(explain(check), MAX_TEXT),
        "output_format": "text",
        "tags": [check.group],
        "visibility": check.visibility,
    }


def _loading(report: Report) -> dict[str, Any]:
    return {
        "score": report.score,
        "max_score": report.max_score,
        "status": "passed" if report.status == "passed" else "failed",
        "name": "The file can be loaded",
        "name_format": "text",
        "number": "1",
        "output": cut(explain_loading(report), MAX_TEXT),
        "output_format": "text",
        "tags": [],
        "visibility": "visible",
    }


def _points(points: float) -> float:
    return math.floor(points * 100 + 0.5) / 100
