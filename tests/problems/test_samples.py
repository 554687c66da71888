"""The sample submissions of `dense`, all graded by one warm judge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.reproducibility import timeless
from grader.authoring.sample_headers import (
    UNLOADABLE,
    faults_of_accepted,
    faults_of_diagnoses,
    faults_of_rejected,
    read_declaration,
    write_points,
)
from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Diagnosis, Report
from grader.model.report_json import as_data
from grader.model.submission import Submission, read_submission

DENSE = Library.find(Path(__file__).resolve().parents[2]).load("dense")
ACCEPTED, REJECTED = DENSE.samples("accepted"), DENSE.samples("rejected")
LOADABLE = [path for path in REJECTED if read_declaration(path).fails != frozenset({UNLOADABLE})]


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    """A report for each sample, under the name that a student would give it."""
    paths = [DENSE.reference_path, DENSE.starter_path, *ACCEPTED, *REJECTED]
    found: list[Report] = []
    grade_all(DENSE, map(submitted, paths), found.append)
    return dict(zip(paths, found, strict=True))


def submitted(path: Path) -> Submission:
    """A sample as it would be handed in."""
    return replace(read_submission(path), name="dense.py")


def declared(path: Path) -> frozenset[str]:
    """The groups that a rejected sample says it fails."""
    fails = read_declaration(path).fails
    assert fails is not None, f"{path} declares nothing"
    return fails


def test_there_are_enough_samples() -> None:
    """Thirty styles and seventy mistakes at the least, in every group of the problem."""
    single = [path for path in LOADABLE if len(declared(path)) == 1]
    assert len(ACCEPTED) >= 30
    assert len(single) >= 70
    assert sum(path.stem.startswith("two_") for path in REJECTED) >= 9
    assert len(REJECTED) - len(LOADABLE) >= 5
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
    assert list(faults_of_accepted(path, reports[path])) == []
    assert reports[path].score == 100.0


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_rejected_sample_gets_what_it_declares(path: Path, reports: dict[Path, Report]) -> None:
    """A mistake costs points of its own groups and of no other, and no more than it says."""
    assert list(faults_of_rejected(path, reports[path])) == []


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_rejected_sample_is_diagnosed_as_it_declares(
    path: Path, reports: dict[Path, Report]
) -> None:
    """Each mistake is named, and nothing else is."""
    assert list(faults_of_diagnoses(path, reports[path])) == []


@pytest.mark.parametrize("path", LOADABLE, ids=lambda path: path.stem)
def test_points_add_up(path: Path, reports: dict[Path, Report]) -> None:
    """The score is the sum of the checks, and blocked or failed checks give nothing."""
    report = reports[path]
    assert report.score == pytest.approx(sum(c.points for c in report.checks), abs=0.01)
    assert sum(c.max_points for c in report.checks) == pytest.approx(100, abs=0.01)
    for check in report.checks:
        assert check.points == (check.max_points if check.status == "passed" else 0.0)


@pytest.mark.parametrize("path", LOADABLE, ids=lambda path: path.stem)
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
            compared = check.evidence.get("kind") in ("value", "shape", "type")
            if compared and check.reproduce and "raise AssertionError" not in check.reproduce:
                found.append((path, check.id, check.reproduce))
                break
    return found


def test_scripts_reproduce_and_stop_when_it_is_mended(
    reports: dict[Path, Report], tmp_path: Path
) -> None:
    """A script exits with 1 for the file it was made for, and with 0 for a correct one."""
    chosen = scripts(reports)[::8]
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
        assert ("AssertionError" in output) == (not mended)


def test_same_report_every_time(dense: Problem, reports: dict[Path, Report]) -> None:
    """Alone or in a row, first or last, a submission gets the same report."""
    chosen = [*REJECTED[::13], ACCEPTED[0], DENSE.reference_path]
    again: list[Report] = []
    grade_all(dense, map(submitted, reversed(chosen)), again.append)
    for path, report in zip(reversed(chosen), again, strict=True):
        assert timeless(as_data(report)) == timeless(as_data(reports[path]))


RUNS_SCRIPTS = """
import contextlib, io, json, os, runpy, sys
import numpy
for line in sys.stdin:
    script, sample = json.loads(line)
    read, write = os.pipe()
    if os.fork() == 0:
        last = ""
        sys.argv = [script, sample]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                runpy.run_path(script)
            except Exception as error:
                last = type(error).__name__
        os.write(write, last.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        print(answer.read())
    os.wait()
"""
"""A process of its own for each script, without loading NumPy each time: what each one raises."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="scripts are run by forks of one process")
def test_every_failure_has_a_script_that_fails(reports: dict[Path, Report], tmp_path: Path) -> None:
    """With an AssertionError or with an exception of the student's; most of them are short."""
    graded = list(reports.items())
    relu = Library.find(Path(__file__).resolve().parents[2]).load("relu")
    paths = relu.samples("rejected")
    others: list[Report] = []
    grade_all(relu, map(submitted, paths), others.append)
    graded += zip(paths, others, strict=True)
    jobs = [
        (path, check)
        for path, report in graded
        if "rejected" in path.parts
        for check in report.checks
        if check.status not in ("passed", "blocked")
    ]
    assert all(check.reproduce for _, check in jobs)
    lengths = sorted(len(str(check.reproduce).splitlines()) for _, check in jobs)
    assert lengths[len(lengths) * 3 // 4] <= 25

    lines = []
    for number, (path, check) in enumerate(jobs):
        script = tmp_path / f"{number}.py"
        script.write_text(str(check.reproduce), "utf-8")
        lines.append(json.dumps([str(script), str(path)]))
    command = [sys.executable, "-I", "-c", RUNS_SCRIPTS]
    ran = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=True
    )
    for (path, check), last in zip(jobs, ran.stdout.splitlines(), strict=True):
        assert last, f"{path}: the script for {check.id} shows nothing\n{check.reproduce}"


# -- headers -------------------------------------------------------------------------------


@pytest.fixture
def unsummed(reports: dict[Path, Report]) -> Report:
    """A report with one failing group, bias-gradient, 92 points, and no mistake named."""
    (path,) = [path for path in REJECTED if path.stem == "bias_gradient_unsummed"]
    return replace(reports[path], diagnoses=())


def sample(folder: Path, *lines: str) -> Path:
    """A sample with the given header."""
    path = folder / "sample.py"
    path.write_text("\n".join([*lines, "class Dense: ...", "# points: 1", ""]), "utf-8")
    return path


def test_header_ends_where_the_code_begins(tmp_path: Path) -> None:
    """Everything is read, other comments are let alone, and what follows is a student's."""
    lines = ["# mistake: sums nothing", "# fails: forward, state", "# diagnoses: none", "# hello"]
    found = read_declaration(sample(tmp_path, *lines, "# says: one, two", "# says: three"))
    assert found.about == "sums nothing"
    assert found.fails == frozenset({"forward", "state"})
    assert found.points is None
    assert found.diagnoses == frozenset()
    assert found.says == ("one, two", "three")


TRUE = ("# mistake: sums nothing", "# fails: bias-gradient", "# points: 92")


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (TRUE, None),
        ((*TRUE, "# says: shape (4, 3)"), "the student is not told 'shape (4, 3)'"),
        (TRUE[1:], "says nothing; write a comment '# mistake: what its author believed'"),
        (TRUE[:2], "write a comment '# points: 92'"),
        ((*TRUE[:2], "# points: 90.5"), "gets 92 points, and declares 90.5"),
        ((*TRUE[:2], "# points: most"), "could not convert string to float: 'most'"),
        ((TRUE[0], TRUE[2]), "write a comment '# fails: GROUP, GROUP' (or: unloadable)"),
        (
            (TRUE[0], "# fails: forward", TRUE[2]),
            "should fail forward and does not; fails bias-gradient as well.",
        ),
    ],
)
def test_what_is_not_as_declared_is_told(
    lines: tuple[str, ...], fault: str | None, unsummed: Report, tmp_path: Path
) -> None:
    """Each untruth in a header is one sentence that says what to do or what happened."""
    found = list(faults_of_rejected(sample(tmp_path, *lines), unsummed))
    assert found == ([fault] if fault else [])


MEAN = Diagnosis("bias-mean", "bias-gradient", "The mean", "Look at the axis.", 1.0)


@pytest.mark.parametrize(
    ("line", "names", "fault"),
    [
        ("# diagnoses: none", (), None),
        ("# diagnoses: bias-mean", (MEAN,), None),
        ("# diagnoses: bias-mean", (), "should be diagnosed as bias-mean and does not"),
        ("# diagnoses: none", (MEAN,), "is diagnosed as bias-mean as well"),
        (
            "# diagnoses: bias-sum",
            (MEAN,),
            "should be diagnosed as bias-sum and does not; is diagnosed as bias-mean as well",
        ),
        (
            "# nothing",
            (MEAN,),
            "write a comment '# diagnoses: ID, ID' (or: none); it is diagnosed as bias-mean",
        ),
    ],
)
def test_diagnoses_are_compared_with_those_declared(
    line: str, names: tuple[Diagnosis, ...], fault: str | None, unsummed: Report, tmp_path: Path
) -> None:
    """All of them and no others; to declare them is no choice."""
    path = sample(tmp_path, *TRUE, line)
    found = list(faults_of_diagnoses(path, replace(unsummed, diagnoses=names)))
    assert found == ([fault] if fault else [])


def test_a_right_file_is_not_diagnosed(unsummed: Report, tmp_path: Path) -> None:
    """A name for what is right is the worst there is."""
    report = replace(unsummed, diagnoses=(MEAN,))
    told = list(faults_of_accepted(sample(tmp_path, "# style: plain"), report))
    assert told[-1] == "nothing is wrong with it, and it is diagnosed as 'bias-mean'"


@pytest.mark.parametrize("before", ["", "# points: 17\n"])
def test_points_are_written_where_the_groups_agree(
    before: str, unsummed: Report, tmp_path: Path
) -> None:
    """The line is put in or rewritten; the rest of the file, line ends included, stays."""
    path = tmp_path / "sample.py"
    path.write_bytes(f"# fails: bias-gradient\r\n{before}x = 1\r\n".encode())
    assert write_points(path, unsummed)
    end = b"\n" if before else b"\r\n"
    assert path.read_bytes() == b"# fails: bias-gradient\r\n# points: 92" + end + b"x = 1\r\n"
    assert not write_points(path, unsummed)
    path.write_bytes(b"# fails: forward\n")
    assert not write_points(path, unsummed)
    assert path.read_bytes() == b"# fails: forward\n"
