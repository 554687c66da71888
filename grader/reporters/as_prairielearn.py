"""Room: the report as the ``results.json`` of an external grader for PrairieLearn.

The keys are those of https://prairielearn.readthedocs.io/en/latest/externalGrading/. What could not
be loaded, or not graded, is ``gradable: false``: it costs neither points nor an attempt there.
"""

from __future__ import annotations

from typing import Any

from grader.report import CheckResult, Report
from grader.reporters import Page
from grader.reporters.as_json import dumped
from grader.reporters.terminal import explain, explain_loading
from grader.reporters.text import cut, inert

SUFFIX = ".json"
MAX_BYTES = 900_000
"""PrairieLearn takes 1 MB; some room is left for how it counts."""
_LIMITS = (20_000, 5_000, 1_000, 200)


def render(report: Report, page: Page) -> str:
    """Return what an external grader has to write to ``/grade/results/results.json``."""
    text = ""
    for limit in _LIMITS:
        data = _unloaded(report, limit) if not report.checks else _graded(report, page, limit)
        if limit != _LIMITS[0]:
            said = data["message"]
            data["message"] = f"{said}\n\nLong texts were cut: the platform takes 1 MB at most."
        text = dumped(data)
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def _graded(report: Report, page: Page, limit: int) -> dict[str, Any]:
    return {
        "gradable": True,
        "score": round(report.score / report.max_score, 6) if report.max_score else 0.0,
        "message": cut(_message(report, page), limit),
        "output": cut(inert(report.output), limit),
        "images": [],
        "tests": [
            _test(check, limit)
            for check in report.checks
            if check.max_points or check.status not in ("passed", "blocked")
        ],
    }


def _unloaded(report: Report, limit: int) -> dict[str, Any]:
    gradable = report.status == "passed"
    data = {
        "gradable": gradable,
        "score": 1.0 if gradable else 0.0,
        "message": cut(explain_loading(report), limit),
        "output": cut(inert(report.output), limit),
        "images": [],
        "tests": [],
    }
    return data if gradable else {**data, "format_errors": [cut(inert(report.message), limit)]}


def _message(report: Report, page: Page) -> str:
    lines = []
    for diagnosis in report.diagnoses:
        hint = diagnosis.stronger if page.hints > 1 and diagnosis.stronger else diagnosis.hint
        lines += [*filter(None, (diagnosis.title, diagnosis.why, f"Hint: {hint}")), ""]
    lines += [f"Note (no marks lost): {note}" for note in report.notes]
    return inert("\n".join(lines)).strip()


def _test(check: CheckResult, limit: int) -> dict[str, Any]:
    passed = check.status == "passed"
    return {
        "name": check.title,
        "description": check.group,
        "points": check.points,
        "max_points": check.max_points,
        "message": "" if passed else cut(explain(check), limit),
        "output": cut(inert(check.output), limit),
        "images": [],
    }
