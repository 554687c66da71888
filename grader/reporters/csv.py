"""The report as a row of a gradebook, with the line that names its columns."""

from __future__ import annotations

from pathlib import PurePath

from grader.model.report import Report
from grader.reporters import Page
from grader.reporters.parts.source_location import file_of
from grader.results.gradebook import Plain, as_text
from grader.results.schema import Row

SUFFIX = ".csv"


def render(report: Report, page: Page) -> str:
    """Return two lines; the student is called as the file is."""
    row = Row(
        student=PurePath(report.submission_name).stem,
        file=file_of(report, page),
        submission=report.submission_sha256,
        notes=report.notes,
        ids={},
        status=report.status,
        score=report.score,
        max_score=report.max_score,
        seconds=report.duration,
        result=0,
    )
    return as_text([*Plain().head(), Plain().line(row)])
