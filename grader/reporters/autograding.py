"""The report as what GitHub Classroom's autograding reporter takes, before it is base64.

The reporter (github.com/classroom-resources/autograding-grading-reporter) tells the mark twice. Its
notice, which becomes the mark, sums ``score`` over the tests. The table of its older releases
counts the tests that passed and weighs all of them equally. Both come to the same if every test is
worth the same. So a row is a share of the marks, and a group has as many rows as it has shares.

What it prints, it prints as it is, into the log of a workflow, where a line that begins with ``::``
is a command. So every line of a submission's text gets a bar in front.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from grader.model.report import CheckResult, Report
from grader.model.report_json import dumped
from grader.model.safe_text import cut, inert, unobeyed, with_texts_cut
from grader.reporters import Page
from grader.reporters.parts.source_location import line_of_check, line_of_loading
from grader.reporters.terminal import explain, explain_loading

SUFFIX = ".json"
MAX_BYTES = 90_000
"""Its base64 becomes an environment variable, of which Linux takes 128 KiB."""
_LIMITS = (2_000, 500, 100, 20)
MAX_ROWS = 400
"""Where no share of this size divides all points, the table is off by less than one share."""
_THIRDS_AND_SUCH = 60
"""Points are written with four digits; what they were is a fraction with a small denominator."""


def render(report: Report, page: Page) -> str:
    """Return the JSON whose base64 is the output ``result`` of a grading step."""
    checks = [check for check in report.checks if check.max_points]
    tests = list(_rows(report, checks, page)) if checks else [_loading(report)]
    status = {"passed": "pass", "failed": "fail"}.get(report.status, "error")
    _add_up(tests, report.score)
    data = {"version": 3, "status": status, "max_score": report.max_score, "tests": tests}
    text = ""
    for limit in _LIMITS:
        text = dumped(with_texts_cut(data, limit), indent=None)
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def _rows(report: Report, checks: list[CheckResult], page: Page) -> Iterator[dict[str, Any]]:
    """Rows of equal worth: what each group earned, and what it lost, in shares of the marks."""
    parts: dict[tuple[str, bool], list[CheckResult]] = {}
    for check in checks:
        parts.setdefault((check.group, check.status == "passed"), []).append(check)
    worth = {key: sum(map(_points, part), start=Fraction()) for key, part in parts.items()}
    share = max(_common(worth.values()), sum(worth.values(), start=Fraction()) / MAX_ROWS)
    for key, part in parts.items():
        count = max(1, round(worth[key] / share))
        for number in range(count):
            some = part[number::count] or [part[number % len(part)]]
            row = _row(report, some, page, told=number >= len(part))
            yield {**row, "name": f"{key[0]} {number + 1}/{count}{row['name']}"}


def _points(check: CheckResult) -> Fraction:
    return Fraction(check.max_points).limit_denominator(_THIRDS_AND_SUCH)


def _common(worth: Collection[Fraction]) -> Fraction:
    """The largest fraction of which every one is a whole multiple."""
    below = math.lcm(*(points.denominator for points in worth))
    return Fraction(math.gcd(*(int(points * below) for points in worth)), below)


def _row(report: Report, checks: list[CheckResult], page: Page, *, told: bool) -> dict[str, Any]:
    """One row for checks that all passed, or all did not; without texts if it was told before."""
    passed = checks[0].status == "passed"
    silent = passed or told
    lines = (line_of_check(check, report, page) for check in checks)
    return {
        "name": "" if told else f": {'; '.join(check.title for check in checks)}",
        "status": "pass" if passed else "fail",
        "score": 0,
        "message": "" if silent else _barred("\n".join(check.message for check in checks)),
        "test_code": "" if silent else _barred("\n".join(map(explain, checks))),
        "filename": report.submission_name,
        "line_no": 0 if passed else next(filter(None, lines), 0),
        "duration": round(sum(check.duration for check in checks), 4),
    }


def _loading(report: Report) -> dict[str, Any]:
    passed = report.status == "passed"
    return {
        "name": "The file can be loaded",
        "status": "pass" if passed else "fail" if report.status == "unloadable" else "error",
        "score": 0,
        "message": _barred(report.message),
        "test_code": "" if passed else _barred(explain_loading(report)),
        "filename": report.submission_name,
        "line_no": line_of_loading(report) or 0,
        "duration": round(report.duration, 4),
    }


def _add_up(tests: list[dict[str, Any]], score: float) -> None:
    """Give every test that passed an equal part, such that they sum to the score to the last bit.

    The reporter adds floats from the first to the last; the last part is what then is missing.
    """
    passed = [test for test in tests if test["status"] == "pass"]
    total = 0.0
    for number, test in enumerate(passed, 1):
        test["score"] = score - total if number == len(passed) else round(score / len(passed), 4)
        total += test["score"]


def _barred(text: str) -> str:
    """Text of which no line can be a command of a workflow, in neither of the two spellings."""
    text = unobeyed(cut(inert(text), _LIMITS[0]))
    return "\n".join(f"| {line}".rstrip() for line in text.splitlines())
