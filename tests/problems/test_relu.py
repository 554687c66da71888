"""The sixth problem, which was made by following docs/writing-problems.md: its samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.sample_headers import (
    faults_of_accepted,
    faults_of_rejected,
    read_declaration,
)
from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import read_submission

RELU = Library.find(Path(__file__).resolve().parents[2]).load("relu")
ACCEPTED, REJECTED = RELU.samples("accepted"), RELU.samples("rejected")


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    """A report for each sample, under the name that a student would give it."""
    paths = [*ACCEPTED, *REJECTED]
    found: list[Report] = []
    submitted = (replace(read_submission(path), name="relu.py") for path in paths)
    grade_all(RELU, submitted, found.append)
    return dict(zip(paths, found, strict=True))


def test_there_are_enough_samples() -> None:
    """Ten styles and twenty-five mistakes at the least, in every group."""
    assert len(ACCEPTED) >= 10
    assert len(REJECTED) >= 25
    lost = [read_declaration(path).fails or frozenset() for path in REJECTED]
    alone = {group for fails in lost if len(fails) == 1 for group in fails}
    assert alone >= {group.id for group in RELU.settings.groups}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_accepted_sample(path: Path, reports: dict[Path, Report]) -> None:
    """Full marks, whatever the style."""
    assert list(faults_of_accepted(path, reports[path])) == []


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_rejected_sample(path: Path, reports: dict[Path, Report]) -> None:
    """The groups, the points and the diagnoses that its header declares."""
    assert list(faults_of_rejected(path, reports[path])) == []
    assert read_declaration(path).diagnoses is not None
