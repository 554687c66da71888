"""Room: the report as JSON, for programs. The keys are a contract: see ``docs/report.md``."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from grader.report import SCHEMA, Report
from grader.reporters import Page


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data, in the order in which it is written."""
    data = dataclasses.asdict(report)
    submission = {"name": data.pop("submission_name"), "sha256": data.pop("submission_sha256")}
    head = {key: data.pop(key) for key in ("problem", "problem_digest")}
    return {"schema": SCHEMA, **head, "submission": submission, **data}


def render(report: Report, page: Page) -> str:
    """Return the report as indented JSON (RFC 8259: no NaN, no infinities)."""
    return json.dumps(as_data(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
