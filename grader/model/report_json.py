"""The report as JSON, for programs. The keys are a contract: see ``docs/report.md``."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from grader.model.report import SCHEMA, Report


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data, in the order in which it is written."""
    data = msgspec.to_builtins(report)  # ten times as fast as dataclasses.asdict
    submission = {"name": data.pop("submission_name"), "sha256": data.pop("submission_sha256")}
    head = {key: data.pop(key) for key in ("problem", "problem_digest")}
    return {"schema": SCHEMA, **head, "submission": submission, **data}


def dumped(data: Any, indent: int | None = 2) -> str:
    """Return plain data as the reporter ``json`` writes it, or without an indent in one line."""
    text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)
    if not text.replace("\n", "").isprintable():
        shown = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
        text = "".join(shown)
    return text + "\n"


def report_from_json(text: str | bytes) -> Report:
    """Return the report that :func:`render`, or any dump of :func:`as_data`, has written.

    Raises:
        ValueError: It is no report of this schema.
    """
    return report_from_data(json.loads(text))  # msgspec's parser refuses lone surrogates


def report_from_data(data: Any) -> Report:
    """The inverse of :func:`as_data`. Raises as :func:`report_from_json`."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError(f"not a report of schema {SCHEMA}")
    submission = msgspec.convert(data.get("submission"), dict[str, str])
    fields = {key: value for key, value in data.items() if key not in ("schema", "submission")}
    fields.update({f"submission_{key}": value for key, value in submission.items()})
    return msgspec.convert(fields, Report)
