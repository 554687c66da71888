"""Reports to be rendered: one warm judge grades a few files, once for all tests here."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from grader.errors import Fault
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.problem_toml import LimitSettings
from grader.model.report import Report
from grader.platforms.on_site import or_fault
from grader.reporters import Page
from tests.reporters.cases import Case, files_to_grade


@pytest.fixture(scope="session")
def cases(dense: Problem) -> Mapping[str, Case]:
    """A case for each of KINDS."""
    files, reports = files_to_grade(), list[Report]()
    *others, endless = files.values()
    grade_all(dense, others, reports.append)
    limits = LimitSettings(call_seconds=0.5, submission_seconds=2.0)
    settings = msgspec.structs.replace(dense.settings, limits=limits)
    grade_all(Problem(dense.library, dense.slug, settings), [endless], reports.append)
    made = {
        kind: Case(report, Page(source=file.text, file=f"work/{file.name}"))
        for (kind, file), report in zip(files.items(), reports, strict=True)
    }

    def broken() -> Report:
        raise Fault("the disk is full")

    fault, error = or_fault(broken, "dense")
    assert str(error) == "the disk is full"
    return {**made, "fault": Case(fault, Page(file="work/dense.py"))}
