"""The report as JSON, for programs. The keys are a contract: see ``docs/report.md``."""

from __future__ import annotations

from grader.model.report import Report
from grader.model.report_json import as_data, dumped
from grader.reporters import Page

SUFFIX = ".json"


def render(report: Report, page: Page) -> str:
    """Return the report as indented JSON (RFC 8259: no NaN, no infinities).

    What a terminal would obey, or not show, is escaped: JSON by itself asks for this only below
    U+0020, and people print these files.
    """
    return dumped(as_data(report))
