"""The report as SARIF 2.1.0, for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Every check is a rule, every
failure a result; a check that was not possible is no result.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote

from grader.model.report import CheckResult, Report
from grader.model.report_json import dumped
from grader.model.safe_text import cut, inert
from grader.reporters import Page
from grader.reporters.parts.source_location import file_of, line_of_check, line_of_loading
from grader.reporters.terminal import explain

SUFFIX = ".sarif"
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MAX_TEXT = 4_000
_LOADING = "loading"


def render(report: Report, page: Page) -> str:
    """Return a log with one run."""
    rules = [_rule(check.id, check.title, check.group) for check in report.checks]
    if not report.checks:
        rules = [_rule(_LOADING, "The file can be loaded", _LOADING)]
    driver = {
        "name": "dense-grader",
        "version": report.versions.get("grader", "unknown"),
        "rules": rules,
    }
    invocation: dict[str, Any] = {"executionSuccessful": report.status != "fault"}
    if report.status == "fault":
        said = {"level": "error", "message": _message(report.message)}
        invocation["toolExecutionNotifications"] = [said]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{report.problem}/"},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": _results(report, page),
        "properties": {"score": report.score, "max_score": report.max_score},
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(identifier: str, title: str, group: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "shortDescription": {"text": title},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [group]},
    }


def _results(report: Report, page: Page) -> list[dict[str, Any]]:
    file = file_of(report, page)
    if report.status == "unloadable":
        return [_result(_LOADING, 0, report.message, file, line_of_loading(report))]
    return [
        _result(check.id, index, _text(check), file, line_of_check(check, report, page))
        for index, check in enumerate(report.checks)
        if check.status not in ("passed", "blocked")
    ]


def _text(check: CheckResult) -> str:
    return f"{check.title}\n{explain(check)}"


def _result(rule: str, index: int, text: str, file: str, line: int | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(inert(file), safe="/")}}
    place["region"] = {"startLine": line or 1}
    same = hashlib.sha256(f"{rule}\0{file}".encode(errors="backslashreplace")).hexdigest()
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "level": "error",
        "message": _message(text),
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"checkAndFile/v1": same},
    }


def _message(text: str) -> dict[str, str]:
    """A plain text message: without the placeholders and the links that SARIF has even in these."""
    text = cut(inert(text), MAX_TEXT).rstrip()
    text = re.sub(r"\{(?=\d+\})", "{ ", text)
    return {"text": text.replace("](", "] (")}
