"""Reports as JSON, there and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.report import CheckResult, Diagnosis, Report
from grader.model.report_json import as_data, report_from_json
from grader.reporters import Page
from grader.reporters.json import render

FINITE = st.floats(0, 1e9)
ANY_TEXT = st.text(st.characters())  # with lone surrogates, as undecodable file names have
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
OBJECTS = st.dictionaries(ANY_TEXT, JSON, max_size=3)
CHECKS = st.builds(
    CheckResult,
    id=ANY_TEXT,
    title=ANY_TEXT,
    group=ANY_TEXT,
    points=FINITE,
    max_points=FINITE,
    status=st.sampled_from(["passed", "failed", "blocked", "timeout", "memory", "crashed"]),
    message=ANY_TEXT,
    evidence=OBJECTS,
    reproduce=st.none() | ANY_TEXT,
    output=ANY_TEXT,
    duration=FINITE,
)
DIAGNOSES = st.builds(
    Diagnosis, id=ANY_TEXT, group=ANY_TEXT, title=ANY_TEXT, hint=ANY_TEXT, confidence=FINITE
)
REPORTS = st.builds(
    Report,
    problem=ANY_TEXT,
    problem_digest=ANY_TEXT,
    submission_name=ANY_TEXT,
    submission_sha256=ANY_TEXT,
    status=st.sampled_from(["passed", "failed", "unloadable", "fault"]),
    score=FINITE,
    max_score=FINITE,
    checks=st.lists(CHECKS, max_size=2).map(tuple),
    message=ANY_TEXT,
    evidence=OBJECTS,
    diagnoses=st.lists(DIAGNOSES, max_size=2).map(tuple),
    notes=st.lists(ANY_TEXT, max_size=2).map(tuple),
    output=ANY_TEXT,
    seed=st.integers(0, 2**32 - 1),
    isolation=st.dictionaries(ANY_TEXT, st.booleans(), max_size=3),
    versions=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3),
    duration=FINITE,
)


@given(REPORTS)
def test_a_report_survives_json(report: Report) -> None:
    """What is written is read back equal, from text and from a dump of the plain data."""
    assert report_from_json(render(report, Page())) == report
    dumped = json.dumps(as_data(report))
    assert report_from_json(dumped) == report
    assert json.dumps(as_data(report_from_json(dumped))) == dumped


@given(REPORTS, st.sampled_from(["problem", "checks", "submission", "schema", "score"]))
def test_what_is_no_report_is_refused(report: Report, key: str) -> None:
    """A value of a wrong type, or one that is missing, is an error and not a report."""
    data = as_data(report)
    for value in ({**data, key: object}, {k: v for k, v in data.items() if k != key}):
        with pytest.raises(ValueError, match=r"schema|report|Expected|missing"):
            report_from_json(json.dumps(value, default=lambda _: ["?"]))


def test_text_that_is_not_json_is_refused() -> None:
    """A file that was cut off is a ValueError as well."""
    with pytest.raises(ValueError, match="Expecting"):
        report_from_json('{"schema": 1, "problem"')
