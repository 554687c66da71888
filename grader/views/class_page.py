"""A class as a page: marks, failing checks, misconceptions, who is alike, who to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from grader.reporters.parts.templates import render_page
from grader.results.summary import Summary

if TYPE_CHECKING:
    from grader.views.class_reports import Written

STATES = {
    "passed": "full marks",
    "failed": "below full marks",
    "unloadable": "could not be graded",
    "fault": "no mark: a fault",
    None: "not graded yet",
}


def render_class(summary: Summary, students: Sequence[Written]) -> str:
    """Return a page of HTML that links the students' pages beside it.

    Args:
        students: All of them, with the names of their files.
    """
    return render_page(
        "class.html",
        summary=summary,
        students=students,
        links={one.row.student: quote(one.file) for one in students if one.file},
        full=sum(one.row.status == "passed" for one in students),
        states=STATES,
        tallest=max(summary.bins, default=0),
    )
