"""The grader packed for platforms and run as they would run it, in scratch folders."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import grader
from grader.errors import UsageError
from grader.grading import secret_seeds
from grader.grading.in_process import grade
from grader.model.problem import Library, Problem
from grader.platforms import wheel
from grader.platforms.bundle import parcel
from grader.platforms.on_site import handed_in
from grader.platforms.requirements import pinned
from grader.reporters import Page, reporter
from tests.conftest import ROOT, Run, filters_calls
from tests.small_problem import thing

RIGHT = ROOT / "submissions" / "dense" / "accepted" / "matmul_operator.py"
WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
posix_only = pytest.mark.skipif(os.name != "posix", reason="the platforms run Linux")


def unzip(path: Path, folder: Path) -> None:
    """Unpack as the command of that name does, permissions too."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            Path(archive.extract(info, folder)).chmod(info.external_attr >> 16 & 0o777)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory, dense: Problem) -> Path:
    """The packages of all platforms, and what the wheel in one of them installs."""
    folder = tmp_path_factory.mktemp("packed")
    for platform in ("gradescope", "prairielearn"):
        path = folder / f"{platform}.zip"
        path.write_bytes(parcel(dense, platform, secret="a secret"))
        unzip(path, folder / platform)
    (packed,) = (folder / "gradescope").glob("*.whl")
    unzip(packed, folder / "site")
    return folder


@pytest.fixture(scope="session")
def python(unpacked: Path) -> Path:
    """A Python in which the packed grader is installed, called by a script that can be changed."""
    folder = unpacked / "environment"
    command = ["-I", "-m", "venv", "--without-pip", str(folder)]
    subprocess.run([sys.executable, *command], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    paths = [str(unpacked / "site"), *(path for path in sys.path if path.endswith("-packages"))]
    (packages / "all.pth").write_text("".join(f"{path}\n" for path in paths))
    program = unpacked / "bin" / "python3"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexec '{folder}/bin/python' \"$@\"\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def autograder(unpacked: Path, python: Path, tmp_path: Path) -> Path:
    """What Gradescope makes of the package: an /autograder of its own."""
    root = tmp_path / "autograder"
    shutil.copytree(unpacked / "gradescope", root / "source")
    (root / "submission").mkdir()
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "submission_metadata.json").write_text("{}")
    (root / "venv" / "bin").mkdir(parents=True)
    shutil.copy(python, root / "venv" / "bin" / "python")
    return root


def run_autograder(root: Path) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [root / "run_autograder"],
        cwd=root,
        env={**os.environ, "AUTOGRADER_ROOT": str(root)},
        capture_output=True,
        check=False,
    )
    return done.returncode, json.loads((root / "results" / "results.json").read_text("utf-8"))


def valid(data: Any, schema: str) -> bool:
    text = (ROOT / "tests" / "schemas" / f"{schema}.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text)).is_valid(data)


# -- what is packed ------------------------------------------------------------------------


def test_a_package_has_the_same_bytes_each_time(dense: Problem, unpacked: Path) -> None:
    """With one secret: sorted, without times; the two files that Gradescope asks for can be run."""
    content = (unpacked / "gradescope.zip").read_bytes()
    assert parcel(dense, "gradescope", secret="a secret") == content
    with zipfile.ZipFile(unpacked / "gradescope.zip") as archive:
        members = {info.filename: info for info in archive.infolist()}
    assert list(members) == sorted(members)
    assert {info.date_time for info in members.values()} == {(1980, 1, 1, 0, 0, 0)}
    for name in ("setup.sh", "run_autograder"):
        assert members[name].external_attr >> 16 == stat.S_IFREG | 0o755
    assert members["secret"].external_attr >> 16 == stat.S_IFREG | 0o600
    assert {"library/reference/dense.py", "library/reference/relu.py"} <= set(members)
    assert not [name for name in members if "submissions" in name or "__pycache__" in name]


def test_samples_that_name_mistakes_are_packed() -> None:
    """Those of the problem itself that have a hint; no others, and no right ones."""
    problem = Library.find(ROOT).load("softmax-cross-entropy")
    packed = io.BytesIO(parcel(problem, "gradescope", secret="a secret"))
    with zipfile.ZipFile(packed) as archive:
        samples = [name for name in archive.namelist() if "submissions" in name]
    folder = "library/submissions/softmax-cross-entropy/rejected"
    assert f"{folder}/overflows.py" in samples
    assert f"{folder}/scores_changed_in_place.py" not in samples  # it has no hint
    assert all(name.startswith(folder) for name in samples)


def test_the_wheel_is_the_package_and_says_so(unpacked: Path) -> None:
    """Every module, no library; RECORD has the digest of every file (PEP 427)."""
    site, package = unpacked / "site", Path(grader.__file__).parent
    theirs = {p.relative_to(site).as_posix() for p in (site / "grader").rglob("*.py")}
    ours = {
        f"grader/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "library"
    }
    assert theirs == ours
    (info,) = site.glob("*.dist-info")
    recorded = [line.split(",") for line in (info / "RECORD").read_text().splitlines()]
    for name, digest, size in recorded:
        if not name.endswith("RECORD"):
            content = (site / name).read_bytes()
            sha = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={sha}", str(len(content)))
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert files == {name for name, _, _ in recorded}
    assert "Name: dense-grader\n" in (info / "METADATA").read_text("utf-8")
    assert "grader = grader.cli.main:main" in (info / "entry_points.txt").read_text("utf-8")


def test_requirements_are_what_runs_here() -> None:
    """All dependencies, also those of dependencies, as installed; nothing of the tests."""
    lines = dict(line.split("==") for line in pinned())
    for name in ("click", "numpy", "pytest", "iniconfig", "jinja2", "markdown-it-py", "nbformat"):
        assert lines[name] == metadata.version(name)
    assert not {"xmlschema", "ruff", "mypy", "dense-grader", "pyyaml"} & set(lines)


def test_a_grader_that_is_not_installed_cannot_be_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its requirements are not known; that is said."""
    monkeypatch.setattr(wheel, "DISTRIBUTION", "no-such-distribution")
    with pytest.raises(UsageError, match="is not installed"):
        wheel.build_wheel()


def test_the_command_says_what_to_do_next(grader: Run, tmp_path: Path) -> None:
    """It writes the file and names the next step; a place that cannot be written to is told."""
    done = grader("package", "dense", "--for", "gradescope", "-o", "new/autograder.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Configure Autograder" in done.stdout
    assert zipfile.is_zipfile(tmp_path / "new" / "autograder.zip")
    done = grader("package", "dense", "--for", "gradescope", "-o", "new/autograder.zip/x")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


# -- run as platforms do -------------------------------------------------------------------


@posix_only
def test_gradescope_grades_a_submission(autograder: Path) -> None:
    """By the scripts in the package; the file may have any name, others may lie beside it."""
    shutil.copy(WRONG, autograder / "submission" / "my work.py")
    (autograder / "submission" / "notes.txt").write_text("x")
    code, results = run_autograder(autograder)
    assert (code, results["score"]) == (0, 92.0)
    assert valid(results, "gradescope")
    assert results["extra_data"]["versions"]["grader"] == grader.__version__
    assert results["output"].startswith("dense: my work.py\n92 of 100 points\n\nThe bias gradient")


@posix_only
def test_gradescope_gives_a_zero_for_nothing_that_can_be_graded(autograder: Path) -> None:
    """Who hands in no Python file is told so."""
    (autograder / "submission" / "essay.pdf").write_bytes(b"%PDF")
    code, results = run_autograder(autograder)
    assert (code, results["score"]) == (0, 0.0)
    assert valid(results, "gradescope")
    assert "only essay.pdf" in " ".join(results["tests"][0]["output"].split())


@posix_only
@pytest.mark.parametrize("broken", ["the problem", "the grader"])
def test_gradescope_gets_no_mark_for_a_fault(broken: str, autograder: Path) -> None:
    """There are results, without a score; who reads the log finds an exit code."""
    shutil.copy(RIGHT, autograder / "submission" / "dense.py")
    if broken == "the problem":
        checks = autograder / "source" / "library" / "problems" / "dense" / "checks.py"
        checks.write_text("1 / 0\n")
    else:
        (autograder / "venv" / "bin" / "python").unlink()
    code, results = run_autograder(autograder)
    assert code == (3 if broken == "the problem" else 127)
    assert "no fault of the submission" in results["output"]
    assert not {"score", "tests"} & set(results)
    assert not valid(results, "gradescope")  # which is how the platform knows


@posix_only
def test_prairielearn_grades_a_submission(unpacked: Path, python: Path, tmp_path: Path) -> None:
    """By the entrypoint of the image, with the paths of the platform."""
    root = tmp_path / "grade"
    (root / "student").mkdir(parents=True)
    shutil.copy(WRONG, root / "student" / "dense.py")
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [unpacked / "prairielearn" / "run.sh"],
        env={**os.environ, "GRADE_ROOT": str(root), "PATH": path},
        check=False,
    )
    results = json.loads((root / "results" / "results.json").read_text("utf-8"))
    assert (done.returncode, results["score"], results["gradable"]) == (0, 0.92, True)
    assert valid(results, "prairielearn")


@posix_only
def test_each_file_has_a_seed_of_its_own_on_a_platform(autograder: Path) -> None:
    """Made of the file and the package's secret: the same again, and another for another file."""
    found = []
    for line in (b"", b"", b"# the same otherwise\n"):
        (autograder / "submission" / "dense.py").write_bytes(line + RIGHT.read_bytes())
        _, results = run_autograder(autograder)
        assert results["score"] == 100.0
        found.append(results["extra_data"]["seed"])
    assert found[0] == found[1] == secret_seeds.made_of("a secret", RIGHT.read_bytes())
    assert found[2] not in found[:2]


def test_each_package_has_another_secret(grader: Run, tmp_path: Path) -> None:
    """Nobody can compute the seeds of an assignment."""
    secrets = set()
    for name in ("one.zip", "other.zip"):
        assert grader("package", "relu", "--for", "gradescope", "-o", name).returncode == 0
        secrets.add(zipfile.ZipFile(tmp_path / name).read("secret"))
    assert [len(secret) for secret in secrets] == [65, 65]


@posix_only
def test_the_action_makes_seeds_of_a_secret_or_draws_them(workflow: Path) -> None:
    """The report says which."""
    shutil.copy(RIGHT, workflow / "workspace" / "dense.py")

    def seed(**inputs: str) -> int:
        code, _, outputs, summary = run_action(workflow, file="dense.py", **inputs)
        found = json.loads(Path(outputs["reports"], "report.json").read_text("utf-8"))["seed"]
        assert (code, f"seed {found}" in summary) == (0, True)
        return int(found)

    assert (
        seed(seed="ours") == seed(seed="ours") == secret_seeds.made_of("ours", RIGHT.read_bytes())
    )
    assert seed() != seed()


def test_the_submission_is_found_among_what_was_handed_in(dense: Problem, tmp_path: Path) -> None:
    """The right name counts first; what was chosen is noted; nothing at all is told."""
    empty = handed_in(tmp_path, dense)
    assert empty.problem_with_file == "no file was handed in"
    for name in ("helpers.py", "dense.py", "__MACOSX/._dense.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(RIGHT.read_bytes())
    found = handed_in(tmp_path, dense)
    assert found.name == "dense.py"
    assert found.notes == ("took dense.py by its name, left helpers.py",)
    with pytest.raises(UsageError, match="cannot be read"):
        handed_in(tmp_path / "missing", dense)


def test_a_groups_visibility_reaches_gradescope(small: Problem) -> None:
    """As problem.toml has it; the others are visible."""
    settings = small.folder / "problem.toml"
    text = settings.read_text("utf-8")
    later = text.replace('title = "Two" }', 'title = "Two", visibility = "after_due_date" }')
    settings.write_text(later, "utf-8")
    report = grade(Library(small.library).load("small"), thing())
    tests = json.loads(reporter("gradescope").render(report, Page()))["tests"]
    assert [test["visibility"] for test in tests] == ["visible", "after_due_date"]


def test_on_site_options_belong_together(grader: Run) -> None:
    """A file for GitHub, a folder for the others."""
    for arguments in (["--for", "github"], ["x.py", "--for", "gradescope"]):
        done = grader("onsite", "dense", *arguments)
        assert done.returncode == 2
        assert "FILE is needed for github" in done.stderr


@filters_calls
@pytest.mark.parametrize("allowed", [False, True])
def test_gradescope_gets_a_mark_without_isolation_only_if_the_package_allows_it(
    allowed: bool, dense: Problem, autograder: Path
) -> None:
    """Who packs decides; a container in which something is open is the machine's fault."""
    make_loose(autograder / "venv" / "bin" / "python")
    content = parcel(dense, "gradescope", secret="a secret", allow_unisolated=allowed)
    again = zipfile.ZipFile(io.BytesIO(content))
    (autograder / "run_autograder").write_bytes(again.read("run_autograder"))
    shutil.copy(WRONG, autograder / "submission" / "dense.py")
    code, results = run_autograder(autograder)
    assert (code, results.get("score")) == ((0, 92.0) if allowed else (4, None))


def make_loose(python: Path) -> None:
    """Have Python run as on a kernel that cannot filter system calls."""
    kernels = ROOT / "tests" / "sandbox" / "kernels.py"
    without = f"exec '{sys.executable}' '{kernels}' seccomp -- "
    python.write_text(python.read_text().replace("exec ", without))


# -- the action for GitHub -----------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


@pytest.fixture
def workflow(python: Path, tmp_path: Path) -> Iterator[Path]:
    """A workspace with what the runner and the first steps of the action leave behind."""
    bin_folder = tmp_path / "temp" / "dense-grader" / "bin"
    bin_folder.mkdir(parents=True)
    shutil.copy(python, bin_folder / "python")
    (tmp_path / "workspace" / "src").mkdir(parents=True)
    yield tmp_path


def run_action(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Run the step that grades; return its exit code, its log, its outputs and the summary."""
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "grade")
    defaults = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    given = {**defaults, "library": str(ROOT), **inputs}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    outputs, summary = folder / "output", folder / "summary"
    runner = {
        "GITHUB_OUTPUT": outputs,
        "GITHUB_STEP_SUMMARY": summary,
        "GITHUB_WORKSPACE": folder / "workspace",
        "RUNNER_TEMP": folder / "temp",
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder / "workspace",
        env={**os.environ, **environment, **{name: str(path) for name, path in runner.items()}},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = outputs.read_text("utf-8").splitlines()
    return (
        done.returncode,
        done.stdout,
        dict(line.split("=", 1) for line in lines),
        summary.read_text(),
    )


@posix_only
def test_the_action_grades_a_file(workflow: Path) -> None:
    """Annotations at the student's lines, a summary, outputs, files to upload; exit code 1."""
    shutil.copy(WRONG, workflow / "workspace" / "src" / "dense.py")
    code, log, outputs, summary = run_action(workflow, file="src/dense.py")
    assert code == 1
    place = re.compile(r"::error file=src/dense\.py,line=\d+,title=.*bias-gradient")
    assert log.endswith("\n")
    assert all(place.match(line) for line in log.splitlines())
    assert "### dense: 92 / 100" in summary
    assert (outputs["score"], outputs["max-score"], outputs["status"]) == ("92", "100", "failed")
    result = json.loads(base64.b64decode(outputs["result"]))
    assert valid(result, "autograding")
    assert sum(test["score"] for test in result["tests"]) == 92.0
    kept = sorted(path.name for path in Path(outputs["reports"]).iterdir())
    assert kept == ["report.json", "report.md", "report.sarif", "report.xml"]
    assert set(outputs) == set(ACTION["outputs"])


@posix_only
def test_the_action_can_leave_the_verdict_to_a_later_step(workflow: Path) -> None:
    """With fail: false it succeeds; a file name is never taken for a command."""
    name = "$(touch owned)`touch owned`;touch owned.py"
    (workflow / "workspace" / name).write_bytes(
        b"import sys\nprint('::error::owned')\nsys.exit()\n"
    )
    code, log, outputs, _ = run_action(workflow, file=name, fail="false")
    assert (code, outputs["score"], outputs["status"]) == (0, "0", "unloadable")
    assert all(line.startswith("::error file=$(touch owned)") for line in log.splitlines())
    assert [path.name for path in (workflow / "workspace").iterdir() if path.is_file()] == [name]


@posix_only
@pytest.mark.parametrize(
    ("problem", "status", "code"), [("dense", "unloadable", 1), ("no", "fault", 2)]
)
def test_the_action_answers_whatever_happens(
    problem: str, status: str, code: int, workflow: Path
) -> None:
    """A missing file is a zero; without the problem there is no mark, and the step fails."""
    found, log, outputs, summary = run_action(workflow, file="missing.py", problem=problem)
    assert (found, outputs["status"]) == (code, status)
    assert outputs["score"] == ("0" if status == "unloadable" else "")
    assert log.startswith("::error file=missing.py,title=")
    assert summary
    result = json.loads(base64.b64decode(outputs["result"]))
    assert valid(result, "autograding")
    assert result["status"] == "error"


@filters_calls
def test_the_action_gives_no_mark_without_isolation_unless_told_to(
    workflow: Path,
) -> None:
    """A classroom's mark may come of it."""
    shutil.copy(RIGHT, workflow / "workspace" / "dense.py")
    make_loose(workflow / "temp" / "dense-grader" / "bin" / "python")
    code, _, outputs, _ = run_action(workflow, file="dense.py")
    assert (code, outputs["status"], outputs["score"]) == (4, "fault", "")
    told = {"allow-unisolated": "true"}
    code, _, outputs, _ = run_action(workflow, file="dense.py", **told)
    assert (code, outputs["score"]) == (0, "100")


def test_the_action_puts_no_input_into_a_script() -> None:
    """A value in a script would be read by the shell; all of them come by the environment."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    named = {
        value
        for output in ACTION["outputs"].values()
        for value in re.findall(r"outputs\.([\w-]+)", output["value"])
    }
    assert named == set(ACTION["outputs"])
