"""The report as the ``results.json`` of an external grader for PrairieLearn.

The keys are those of https://prairielearn.readthedocs.io/en/latest/externalGrading/. What could not
be loaded, or not graded, is ``gradable: false``: it costs neither points nor an attempt there.
"""

from __future__ import annotations

from typing import Any

from grader.model.report import CheckResult, Report
from grader.model.report_json import dumped
from grader.model.safe_text import inert, with_texts_cut
from grader.reporters import Page
from grader.reporters.parts.reading_order import in_words
from grader.reporters.terminal import explain, explain_loading

SUFFIX = ".json"
MAX_BYTES = 900_000
"""PrairieLearn takes 1 MB; some room is left for how it counts."""
_LIMITS = (20_000, 5_000, 1_000, 200)


def render(report: Report, page: Page) -> str:
    """Return what an external grader has to write to ``/grade/results/results.json``."""
    whole = _graded(report, page) if report.checks else _unloaded(report, page)
    text = dumped(with_texts_cut(whole, _LIMITS[0]))
    for limit in _LIMITS[1:]:
        if len(text.encode()) <= MAX_BYTES:
            break
        data = with_texts_cut(whole, limit)
        said = f"{data['message']}\n\nLong texts were cut: the platform takes 1 MB at most."
        text = dumped({**data, "message": said.strip()})
    return text


def _graded(report: Report, page: Page) -> dict[str, Any]:
    return {
        "gradable": True,
        "score": round(report.score / report.max_score, 6) if report.max_score else 0.0,
        "message": _message(report, page),
        "output": inert(report.output),
        "images": [],
        "tests": [
            _test(check)
            for check in report.checks
            if check.max_points or check.status not in ("passed", "blocked")
        ],
    }


def _unloaded(report: Report, page: Page) -> dict[str, Any]:
    gradable = report.status == "passed"
    data = {
        "gradable": gradable,
        "score": 1.0 if gradable else 0.0,
        "message": f"{_message(report, page)}\n\n{explain_loading(report)}".strip(),
        "output": inert(report.output),
        "images": [],
        "tests": [],
    }
    return data if gradable else {**data, "format_errors": [inert(report.message)]}


def _message(report: Report, page: Page) -> str:
    lines = [f"{in_words(diagnosis, page.hints)}\n" for diagnosis in report.diagnoses]
    lines += [f"Note (no marks lost): {note}" for note in report.notes]
    lines += [f"seed {report.seed}"] if report.checks else []
    return inert("\n".join(lines)).strip()


def _test(check: CheckResult) -> dict[str, Any]:
    passed = check.status == "passed"
    return {
        "name": check.title,
        "description": check.group,
        "points": check.points,
        "max_points": check.max_points,
        "message": "" if passed else explain(check),
        "output": inert(check.output),
        "images": [],
    }
