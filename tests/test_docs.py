"""What the documents show and promise."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import jsonschema
import pytest

from grader.grading import grade_all
from grader.problem import Problem
from grader.report import Report
from grader.reporters.as_json import as_data
from grader.submission import read_submission, submission_from

ROOT = Path(__file__).resolve().parents[1]


def test_the_picture_in_the_readme_is_current() -> None:
    """docs/picture.py draws what is committed; the last lines tell of this machine's isolation."""
    path = ROOT / "docs" / "picture.py"
    spec = importlib.util.spec_from_file_location("picture", path)
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)

    def words(svg: str) -> list[str]:
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", svg, flags=re.S)
        return text.replace("&#160;", " ").partition("practice:")[0].split()

    committed = (ROOT / "docs" / "failing-report.svg").read_text("utf-8")
    assert words(picture.draw()) == words(committed), "run: python docs/picture.py"


def test_reports_follow_the_schema(dense: Problem) -> None:
    """Passing, failing, unloadable and hostile reports are valid."""
    samples = ROOT / "submissions" / "dense"
    submissions = [
        read_submission(samples / "accepted" / "einsum.py"),
        read_submission(samples / "rejected" / "output_squeezed.py"),
        submission_from("empty.py", b""),
        submission_from("nan.py", b"class Dense:\n    def __init__(self, **k): self.W = 0 / 0\n"),
    ]
    reports: list[Report] = []
    grade_all(dense, submissions, reports.append)
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    for report in reports:
        jsonschema.validate(json.loads(json.dumps(as_data(report), allow_nan=False)), schema)


@pytest.mark.parametrize(
    "document",
    ["README.md"] + [f"docs/{n}.md" for n in ("architecture", "report", "results", "integrations")],
)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link in a document names a file that is there."""
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document} links to {target}"


def test_architecture_lists_every_module() -> None:
    """The plan of the house names every room."""
    plan = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for path in (ROOT / "grader").rglob("*.py"):
        if path.parent.name in (
            "intake",
            "judge",
            "sandbox",
            "grader",
        ) and not path.name.startswith("__"):
            assert path.name in plan, f"docs/architecture.md does not mention {path.name}"
