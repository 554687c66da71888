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
    """Return the report as indented JSON (RFC 8259: no NaN, no infinities).

    What a terminal would obey, or not show, is escaped: JSON by itself asks for this only below
    U+0020, and people print these files.
    """
    text = json.dumps(as_data(report), indent=2, ensure_ascii=False, allow_nan=False)
    if not text.replace("\n", "").isprintable():
        shown = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
        text = "".join(shown)
    return text + "\n"
