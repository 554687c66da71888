"""The sample submissions of `dense` and `relu`: a part of them, graded by one warm judge each.

That all samples of all problems get what they declare is what `grader verify` proves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.reproducibility import timeless
from grader.authoring.sample_headers import (
    UNLOADABLE,
    faults_of_accepted,
    faults_of_diagnoses,
    faults_of_rejected,
    write_points,
)
from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import CheckResult, Diagnosis, Report
from grader.model.report_json import as_data
from grader.model.sample_header import read_declaration
from grader.model.submission import Submission, read_submission

LIBRARY = Library.find(Path(__file__).resolve().parents[2])
DENSE, RELU = LIBRARY.load("dense"), LIBRARY.load("relu")
PROBLEMS = (DENSE, RELU)

EXAMPLES = [
    ("bias_not_added", "test_forward", "1 row, 1 input, 1 unit"),
    ("bias_gradient_mean", "test_bias_gradient", "2 rows, 1 input, 1 unit"),
    ("weight_gradient_mean", "test_weight_gradient", "2 rows, 1 input, 1 unit"),
    ("input_gradient_after_update", "test_input_gradient", "1 row, 1 input, 1 unit"),
    ("square_layer_skips_transpose", "test_input_gradient", "1 row, 2 inputs, 2 units"),
    ("bias_gradient_sum_over_everything", "test_bias_gradient", "1 row, 1 input, 1 unit"),
    ("bias_gradient_divided_by_n_units", "test_bias_gradient", "1 row, 1 input, 2 units"),
    ("weight_gradient_outer_of_sums", "test_weight_gradient", "2 rows, 1 input, 1 unit"),
    ("first_sixteen_rows_only", "test_forward", "17 rows, 1 input, 1 unit"),
]
NAMED = {"einsum", "bias_gradient_unsummed", *(sample for sample, _, _ in EXAMPLES)}
"""Samples that tests here ask for; of the others one in eight is taken."""


def is_loadable(path: Path) -> bool:
    """Whether a rejected sample declares that it can be graded."""
    return read_declaration(path).fails != frozenset({UNLOADABLE})


def chosen(kind: str, problem: Problem) -> list[Path]:
    """The part of the samples that is graded here."""
    paths = problem.samples(kind)
    return [path for n, path in enumerate(paths) if n % 8 == 0 or path.stem in NAMED]


ACCEPTED = [path for problem in PROBLEMS for path in chosen("accepted", problem)]
REJECTED = [path for problem in PROBLEMS for path in chosen("rejected", problem)]
LOADABLE = [path for path in REJECTED if is_loadable(path)]


def graded(problem: Problem, paths: Iterable[Path]) -> dict[Path, Report]:
    """A report for each sample, under the name that a student would give it."""
    paths, found = list(paths), list[Report]()
    grade_all(problem, map(submitted, paths), found.append)
    return dict(zip(paths, found, strict=True))


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    """A report for each sample that is chosen, and for the reference and the starter of dense."""
    alone = [DENSE.reference_path, DENSE.starter_path]
    return graded(DENSE, [*alone, *chosen("accepted", DENSE), *chosen("rejected", DENSE)]) | graded(
        RELU, [*chosen("accepted", RELU), *chosen("rejected", RELU)]
    )


def submitted(path: Path) -> Submission:
    """A sample as it would be handed in."""
    return replace(read_submission(path), name=f"{path.parts[-3]}.py")


def declared(path: Path) -> frozenset[str]:
    """The groups that a rejected sample says it fails."""
    fails = read_declaration(path).fails
    assert fails is not None, f"{path} declares nothing"
    return fails


@pytest.mark.parametrize(
    ("problem", "right", "wrong", "unloadable", "two"),
    [(DENSE, 30, 70, 5, 9), (RELU, 10, 25, 0, 0)],
    ids=["dense", "relu"],
)
def test_there_are_enough_samples(
    problem: Problem, right: int, wrong: int, unloadable: int, two: int
) -> None:
    """Styles, and mistakes in every group of the problem that cost no other."""
    rejected = problem.samples("rejected")
    loadable = [path for path in rejected if is_loadable(path)]
    single = [path for path in loadable if len(declared(path)) == 1]
    assert len(problem.samples("accepted")) >= right
    assert len(single) >= wrong
    assert sum(path.stem.startswith("two_") for path in rejected) >= two
    assert len(rejected) - len(loadable) >= unloadable
    assert set().union(*map(declared, single)) == {g.id for g in problem.settings.groups}


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


def assert_points_add_up(report: Report) -> None:
    """The score is the sum of the checks, and blocked or failed checks give nothing."""
    assert report.score == pytest.approx(sum(c.points for c in report.checks), abs=0.01)
    assert sum(c.max_points for c in report.checks) == pytest.approx(100, abs=0.01)
    for check in report.checks:
        assert check.points == (check.max_points if check.status == "passed" else 0.0)


def assert_failures_explain_themselves(report: Report) -> None:
    """Every failure has a message for the student and plain evidence."""
    failed = [c for c in report.checks if c.status == "failed"]
    assert failed
    for check in failed:
        assert check.message
        assert check.evidence


@pytest.mark.parametrize("path", LOADABLE, ids=lambda path: path.stem)
def test_points_add_up_and_failures_explain_themselves(
    path: Path, reports: dict[Path, Report]
) -> None:
    """In the report on each wrong file."""
    assert_points_add_up(reports[path])
    assert_failures_explain_themselves(reports[path])


def smallest_rows(report: Report, check: str) -> str:
    """The example that a check of a report shows."""
    (found,) = [c for c in report.checks if c.id == check]
    return str(found.evidence["example"]["case"])


@pytest.mark.parametrize(("sample", "check", "example"), EXAMPLES)
def test_the_example_is_the_smallest(
    sample: str, check: str, example: str, reports: dict[Path, Report]
) -> None:
    """Mistakes that show only from some shape on are shown at that very shape."""
    (path,) = [path for path in REJECTED if path.stem == sample]
    assert smallest_rows(reports[path], check) == example


def test_same_report_every_time(dense: Problem, reports: dict[Path, Report]) -> None:
    """Alone or in a row, first or last, a submission gets the same report."""
    own = [path for path in (*REJECTED, *ACCEPTED) if dense.slug in path.parts]
    paths = [*reversed(own[::6]), dense.reference_path]
    for path, report in graded(dense, paths).items():
        assert timeless(as_data(report)) == timeless(as_data(reports[path]))


# -- scripts -------------------------------------------------------------------------------


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


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="scripts run in forks of one process")


def scripts(reports: dict[Path, Report]) -> list[tuple[Path, CheckResult]]:
    """Each failure of a rejected sample that is no consequence of another one."""
    return [
        (path, check)
        for path, report in reports.items()
        if "rejected" in path.parts
        for check in report.checks
        if check.status not in ("passed", "blocked")
    ]


def assert_scripts_fail(reports: dict[Path, Report], folder: Path) -> None:
    """With an AssertionError or with an exception of the student's; most of them are short."""
    jobs = scripts(reports)
    assert all(check.reproduce for _, check in jobs)
    lengths = sorted(len(str(check.reproduce).splitlines()) for _, check in jobs)
    assert lengths[len(lengths) * 3 // 4] <= 25
    lines = []
    for number, (path, check) in enumerate(jobs):
        script = folder / f"{number}.py"
        script.write_text(str(check.reproduce), "utf-8")
        lines.append(json.dumps([str(script), str(path)]))
    command = [sys.executable, "-I", "-c", RUNS_SCRIPTS]
    ran = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=True
    )
    for (path, check), last in zip(jobs, ran.stdout.splitlines(), strict=True):
        assert last, f"{path}: the script for {check.id} shows nothing\n{check.reproduce}"


@forks
def test_every_failure_has_a_script_that_fails(reports: dict[Path, Report], tmp_path: Path) -> None:
    """What a student is told can be seen without the grader."""
    assert_scripts_fail(reports, tmp_path)


@forks
@pytest.mark.proof
@pytest.mark.parametrize("problem", PROBLEMS, ids=["dense", "relu"])
def test_every_failure_of_every_sample_has_a_script_that_fails(
    problem: Problem, tmp_path: Path
) -> None:
    """And the same smallest examples, points that add up, and a message with evidence."""
    reports = graded(problem, problem.samples("rejected"))
    assert_scripts_fail(reports, tmp_path)
    for path, report in reports.items():
        if is_loadable(path):
            assert_points_add_up(report)
            assert_failures_explain_themselves(report)


def test_scripts_reproduce_and_stop_when_it_is_mended(
    reports: dict[Path, Report], tmp_path: Path
) -> None:
    """A script exits with 1 for the file it was made for, and with 0 for a correct one."""
    compared = {
        path: str(check.reproduce)
        for path, check in reversed(scripts(reports))
        if "dense" in path.parts
        and check.evidence.get("kind") in ("value", "shape", "type")
        and "raise AssertionError" not in str(check.reproduce)
    }
    (correct,) = [path for path in ACCEPTED if path.stem == "einsum"]
    paths = list(compared)[::8]
    assert len(paths) >= 3
    for path in paths:
        script = tmp_path / "script.py"
        script.write_text(compared[path], "utf-8")
        for submission in (path, correct):
            done = subprocess.run(
                [sys.executable, "-I", script, submission],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            mended = submission is correct
            assert done.returncode == (0 if mended else 1), f"{path}: {done.stdout}"
            assert ("AssertionError" in done.stdout) == (not mended)


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
