"""Evidence by its keys: what the document says, what readers may ask for, what is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from grader.model.evidence import Evidence
from grader.model.report import CheckResult, Report
from grader.model.report_json import as_data, report_from_data

DOCUMENT = Path(__file__).parents[2] / "docs" / "report.md"


def test_the_document_has_every_key() -> None:
    """The table of docs/report.md names the keys that the type has, and no others."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## Evidence\n")[2]
    rows = re.findall(r"^\| (`.*?) \|", section.partition("\n## ")[0], re.M)
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == Evidence.__annotations__.keys()


def test_a_report_keeps_keys_of_later_versions() -> None:
    """Evidence that a newer grader has written is there as it was after reading and writing."""
    later: Any = {"kind": "raised", "traceback": [{"line": 1, "new": 2}], "new": {"a": [1]}}
    check = CheckResult("id", "title", "group", 0.0, 1.0, "failed", evidence=later)
    report = Report("p", "", "f.py", "", "failed", 0.0, 1.0, (check,), evidence=later)
    again = as_data(report_from_data(as_data(report)))
    assert again["evidence"] == again["checks"][0]["evidence"] == later
