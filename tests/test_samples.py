"""The sample submissions of `dense`, all graded by one warm judge."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading import grade_all
from grader.problem import Library, Problem
from grader.report import Report
from grader.submission import read_submission

DENSE = Library.find(Path(__file__).resolve().parents[1]).load("dense")
ACCEPTED, REJECTED = DENSE.samples("accepted"), DENSE.samples("rejected")
VALUE = {"kind": "value"}


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    """A report for each sample."""
    paths = [DENSE.reference_path, DENSE.starter_path, *ACCEPTED, *REJECTED]
    found: list[Report] = []
    grade_all(DENSE, map(read_submission, paths), found.append)
    return dict(zip(paths, found, strict=True))


def declared(path: Path) -> set[str]:
    """The groups that a rejected sample says it fails."""
    header = re.search(r"^# fails: (.+)$", path.read_text("utf-8"), re.M)
    assert header is not None, f"{path} declares nothing"
    return set(header[1].split(", "))


def failing_groups(report: Report) -> set[str]:
    """The groups in which a report loses points."""
    return {check.group for check in report.checks if check.points < check.max_points}


def test_there_are_enough_samples() -> None:
    """Ten styles and thirty single mistakes at the least, in every group of the problem."""
    single = [path for path in REJECTED if len(declared(path)) == 1]
    assert len(ACCEPTED) >= 10
    assert len(single) >= 30
    assert set().union(*map(declared, single)) == {g.id for g in DENSE.settings.groups}


def test_reference_gets_full_marks(reports: dict[Path, Report]) -> None:
    """The reference passes every check."""
    report = reports[DENSE.reference_path]
    assert (report.status, report.score, report.max_score) == ("passed", 100.0, 100.0)
    assert all(check.status == "passed" for check in report.checks)


def test_starter_loads_and_scores_low(reports: dict[Path, Report]) -> None:
    """The starter can be graded, and an empty layer earns next to nothing."""
    report = reports[DENSE.starter_path]
    assert report.status == "failed"
    assert report.score < 5


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_accepted_sample_gets_full_marks(path: Path, reports: dict[Path, Report]) -> None:
    """A correct file gets everything, whatever its style."""
    report = reports[path]
    assert [c.message for c in report.checks if c.status != "passed"] == []
    assert report.score == 100.0


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_rejected_sample_loses_in_its_own_groups(path: Path, reports: dict[Path, Report]) -> None:
    """A mistake costs points of its own groups and of no other."""
    assert failing_groups(reports[path]) == declared(path)


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_points_add_up(path: Path, reports: dict[Path, Report]) -> None:
    """The score is the sum of the checks, and blocked or failed checks give nothing."""
    report = reports[path]
    assert report.score == pytest.approx(sum(c.points for c in report.checks), abs=0.01)
    assert sum(c.max_points for c in report.checks) == pytest.approx(100, abs=0.01)
    for check in report.checks:
        assert check.points == (check.max_points if check.status == "passed" else 0.0)


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_failures_explain_themselves(path: Path, reports: dict[Path, Report]) -> None:
    """Every failure has a message for the student and plain evidence."""
    failed = [c for c in reports[path].checks if c.status == "failed"]
    assert failed
    for check in failed:
        assert check.message
        assert check.evidence


def smallest_rows(report: Report, check: str) -> str:
    """The example that a check of a report shows."""
    (found,) = [c for c in report.checks if c.id == check]
    return str(found.evidence["example"]["case"])


@pytest.mark.parametrize(
    ("sample", "check", "example"),
    [
        ("bias_not_added", "test_forward", "1 row, 1 input, 1 unit"),
        ("bias_gradient_mean", "test_bias_gradient", "2 rows, 1 input, 1 unit"),
        ("weight_gradient_mean", "test_weight_gradient", "2 rows, 1 input, 1 unit"),
        ("input_gradient_after_update", "test_input_gradient", "1 row, 1 input, 1 unit"),
        ("square_layer_skips_transpose", "test_input_gradient", "1 row, 2 inputs, 2 units"),
        ("bias_gradient_sum_over_everything", "test_bias_gradient", "1 row, 1 input, 1 unit"),
        ("bias_gradient_divided_by_n_units", "test_bias_gradient", "1 row, 1 input, 2 units"),
        ("weight_gradient_outer_of_sums", "test_weight_gradient", "2 rows, 1 input, 1 unit"),
        ("first_sixteen_rows_only", "test_forward", "17 rows, 1 input, 1 unit"),
    ],
)
def test_the_example_is_the_smallest(
    sample: str, check: str, example: str, reports: dict[Path, Report]
) -> None:
    """Mistakes that show only from some shape on are shown at that very shape."""
    (path,) = [path for path in REJECTED if path.stem == sample]
    assert smallest_rows(reports[path], check) == example


def scripts(reports: dict[Path, Report]) -> list[tuple[Path, str, str]]:
    """(sample, check, script) for the first failure of every rejected sample."""
    found = []
    for path in REJECTED:
        for check in reports[path].checks:
            if check.reproduce and check.evidence["kind"] in ("value", "shape", "type"):
                found.append((path, check.id, check.reproduce))
                break
    return found


def test_scripts_reproduce_and_stop_when_it_is_mended(
    reports: dict[Path, Report], tmp_path: Path
) -> None:
    """A script exits with 1 for the file it was made for, and with 0 for a correct one."""
    chosen = scripts(reports)[::6]
    assert len(chosen) >= 10
    correct = next(path for path in ACCEPTED if path.stem == "einsum")
    running = []
    for path, check, script in chosen:
        file = tmp_path / f"{path.stem}-{check[:20].replace('[', '_')}.py"
        file.write_text(script, "utf-8")
        for submission in (path, correct):
            process = subprocess.Popen(
                [sys.executable, "-I", str(file), str(submission)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            running.append((file, submission is correct, process))
            if len(running) % 4 == 0:
                process.wait()
    for file, mended, process in running:
        output, _ = process.communicate()
        assert process.returncode == (0 if mended else 1), f"{file}: {output}"
        assert "Traceback" not in output


def test_same_report_every_time(dense: Problem, reports: dict[Path, Report]) -> None:
    """Alone or in a row, first or last, a submission gets the same report."""
    from grader.reporters.as_json import as_data

    def timeless(report: Report) -> dict[str, object]:
        data = as_data(report) | {"duration": 0}
        for check in data["checks"]:
            check["duration"] = 0
        return data

    chosen = [*REJECTED[::13], ACCEPTED[0], DENSE.reference_path]
    again: list[Report] = []
    grade_all(dense, map(read_submission, reversed(chosen)), again.append)
    for path, report in zip(reversed(chosen), again, strict=True):
        assert timeless(report) == timeless(reports[path])
