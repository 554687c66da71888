"""The report as JUnit XML, for continuous integration.

Valid against the schema that pytest holds its own reports to (``junit-10.xsd`` of Jenkins). That
schema gives test cases no properties, so the points of all checks are properties of the suite.

A check that fails is a ``failure``; one that ended otherwise (time, memory, a crash) an ``error``;
one that was not possible is ``skipped``.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written, never read

from grader.model.report import CheckResult, Report
from grader.model.safe_text import cut, inert
from grader.reporters import Page
from grader.reporters.terminal import explain, explain_loading

SUFFIX = ".xml"
MAX_TEXT = 20_000
_ELEMENTS = {"failed": "failure", "blocked": "skipped"}


def render(report: Report, page: Page) -> str:
    """Return the report as an XML document with one test suite."""
    cases = [_case(report, check) for check in report.checks] or [_loading(report)]
    suite = ET.Element(
        "testsuite",
        name=f"{report.problem}: {inert(report.submission_name)}",
        tests=str(len(cases)),
        failures=_count(cases, "failure"),
        errors=_count(cases, "error"),
        skipped=_count(cases, "skipped"),
        time=_seconds(report.duration),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", name=name, value=value)
    suite.extend(cases)
    if report.output.strip():
        ET.SubElement(suite, "system-out").text = _text(report.output)
    suites = ET.Element("testsuites", name="dense-grader")
    suites.append(suite)
    ET.indent(suites)
    body = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _properties(report: Report) -> dict[str, str]:
    properties = {
        "status": report.status,
        "score": f"{report.score:g}",
        "max_score": f"{report.max_score:g}",
        "problem_digest": report.problem_digest,
        "submission_sha256": report.submission_sha256,
        "seed": str(report.seed),
    }
    for check in report.checks:
        properties[f"points {check.id}"] = f"{check.points:g}"
        properties[f"max_points {check.id}"] = f"{check.max_points:g}"
    return properties


def _case(report: Report, check: CheckResult) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"{report.problem}.{check.group}",
        name=f"{check.title} [{check.id}]",
        time=_seconds(check.duration),
    )
    if check.status != "passed":
        element = _ELEMENTS.get(check.status, "error")
        reason = _text(" ".join(check.message.split()))
        kind = str(check.evidence.get("kind", check.status))
        reason_given = ET.SubElement(case, element, type=inert(kind), message=reason)
        reason_given.text = _text(explain(check))
    if check.output.strip():
        ET.SubElement(case, "system-out").text = _text(check.output)
    return case


def _loading(report: Report) -> ET.Element:
    """What stands for a report without checks: the file was not loaded, or not graded."""
    case = ET.Element("testcase", classname=report.problem, name="The file can be loaded", time="0")
    if report.status != "passed":
        reason = _text(" ".join(report.message.split()))
        error = ET.SubElement(case, "error", type=report.status, message=reason)
        error.text = _text(explain_loading(report))
    return case


def _count(cases: list[ET.Element], element: str) -> str:
    return str(sum(case.find(element) is not None for case in cases))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _text(text: str) -> str:
    """Text that XML 1.0 can hold: no control characters, no lone surrogates, no U+FFFE."""
    return cut(inert(text), MAX_TEXT)
