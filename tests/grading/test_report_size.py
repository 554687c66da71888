"""A report is at most a megabyte of JSON, and loses nothing below that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.grading.report_size import fitted
from grader.model.report import CheckResult, Diagnosis, Report
from grader.reporters import FORMATS, Page, reporter
from grader.reporters.json import render

LARGE = "\x01\U000e0001\x7f\\\n" * 13_000
TEXTS = st.sampled_from(["", "printed", LARGE, "x" * 40_000, "é\u2028" * 30_000])
ARRAY = {"shape": [400, 400], "dtype": "float64", "values": [[0.123456789] * 20] * 20}
EVIDENCE = st.sampled_from(
    [
        {},
        {"kind": "property", "yours": ARRAY, "expected": ARRAY, "calls": ["layer.f(X)"] * 9_000},
        {"kind": "raised", "type": "ValueError", "text": LARGE, "traceback": []},
        {"kind": "timeout", "lines": list(range(400))},
    ]
)


def report_with(checks: list[CheckResult], **more: Any) -> Report:
    """A report that has these checks."""
    return Report("dense", "0" * 64, "a.py", "0" * 64, "failed", 1.0, 100.0, tuple(checks), **more)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, EVIDENCE, st.none() | TEXTS), max_size=5), TEXTS)
def test_a_report_is_a_megabyte_at_most(parts: list[Any], text: str) -> None:
    """Whatever is in it; marks stay, and every format can show what is left."""
    checks = [
        CheckResult(
            f"test_{n}", "title", "forward", 0.0, 1.0, "failed", message, evidence, script, output
        )
        for n, (message, output, evidence, script) in enumerate(parts * 5)
    ]
    named = [Diagnosis("mistake", "forward", text, text, 1.0)] * 3
    report = report_with(checks, diagnoses=tuple(named), notes=(text,) * 30, output=text)
    small = fitted(report)
    assert len(render(small, Page()).encode()) <= 1_000_000
    assert [c.id for c in small.checks] == [c.id for c in report.checks]
    assert small == fitted(report)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_what_is_left(name: str) -> None:
    """Evidence that was reduced is still evidence."""
    check = CheckResult("t", "title", "forward", 0.0, 1.0, "failed", LARGE, {"kind": "value"})
    for evidence in ({"kind": "value", "calls": [LARGE] * 9}, {"kind": "memory", "text": LARGE}):
        large = [replace(check, evidence=evidence, output=LARGE)] * 20
        assert reporter(name).render(fitted(report_with(large)), Page())


def test_what_fits_stays_as_it_is() -> None:
    """Nothing is cut that need not be, and short parts are whole beside long ones."""
    check = CheckResult("t", "title", "forward", 0.0, 1.0, "failed", "message", {}, "script", "out")
    report = report_with([check] * 200)
    assert fitted(report) is report
    longest = replace(check, output=LARGE * 10)
    (first, *_, last) = fitted(report_with([check] * 200 + [longest])).checks
    assert first == check
    assert last.output.endswith("[... cut here: the report would be too large]")
