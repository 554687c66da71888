"""The command line as people meet it, in processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import submission_from
from grader.reporters import Page, reporter
from tests.conftest import ROOT, Run

ACCEPTED = ROOT / "submissions" / "dense" / "accepted"
REJECTED = ROOT / "submissions" / "dense" / "rejected"
RIGHT = ACCEPTED / "matmul_operator.py"
WRONG = REJECTED / "bias_gradient_mean.py"


def test_full_marks(grader: Run) -> None:
    """A correct file gets 100 and exit code 0."""
    done = grader("check", "dense", RIGHT)
    assert done.returncode == 0
    assert "100 / 100" in done.stdout
    assert done.stderr == ""


def test_below_full_marks(grader: Run) -> None:
    """A wrong file is told what is wrong, with both values, and gets exit code 1."""
    done = grader("check", "dense", WRONG)
    assert done.returncode == 1
    assert "92 / 100" in done.stdout
    assert "expected, shape (1, 1)    yours, shape (1, 1)" in done.stdout
    assert re.search(r"layer\.backward_pass\(\[\[-?\d\.0\], \[-?\d\.0\]\]\)", done.stdout)


def test_json(grader: Run, tmp_path: Path) -> None:
    """The JSON report has the contract's keys, and -o writes it to a file."""
    done = grader("check", "dense", WRONG, "--format", "json", "-o", "sub/report.json")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [
        "13 of 14 groups are right, one thing to fix.",
        f"wrote {Path('sub') / 'report.json'}",
    ]
    report = json.loads((tmp_path / "sub" / "report.json").read_text("utf-8"))
    assert report["schema"] == 1
    assert report["submission"]["name"] == WRONG.name
    assert report["score"] == 92.0
    failed = [check for check in report["checks"] if check["status"] != "passed"]
    assert {check["group"] for check in failed} == {"bias-gradient"}
    assert failed[0]["evidence"]["first"] == {"index": [0, 0], "expected": 2.0, "yours": 1.0}


def test_only_one_group(grader: Run) -> None:
    """--only leaves the other groups out, and their points."""
    done = grader("check", "dense", WRONG, "--only", "forward")
    assert done.returncode == 0
    assert "16 / 16" in done.stdout


def test_unknown_group_is_wrong_usage(grader: Run) -> None:
    """A group that the problem lacks is named, with those that it has."""
    done = grader("check", "dense", WRONG, "--only", "nonsense")
    assert done.returncode == 2
    assert "no group 'nonsense'" in done.stderr
    assert "bias-gradient" in done.stderr


def test_a_random_seed_is_told_and_gives_the_same_report_again(grader: Run) -> None:
    """For practice with other examples; anything else than a number or 'random' is refused."""
    done = grader("check", "dense", WRONG, "--seed", "random")
    assert done.returncode == 1
    seed = done.stderr.split()[-1]
    assert done.stderr == f"The same examples again: grader check dense {WRONG} --seed {seed}\n"
    assert grader("check", "dense", WRONG, "--seed", seed).stdout == done.stdout
    assert f"seed {seed}" in done.stdout
    refused = grader("check", "dense", WRONG, "--seed", "maybe")
    assert refused.returncode == 2
    assert "neither a number below 2**32 nor 'random'" in refused.stderr


def test_seed_changes_the_examples_and_is_reported(grader: Run) -> None:
    """--seed draws other examples; the verdict on a right file stays."""
    done = grader("check", "dense", RIGHT, "--seed", "7", "--format", "json")
    report = json.loads(done.stdout)
    assert (report["seed"], report["score"]) == (7, 100.0)


def test_reproduce_writes_a_script_for_each_failure(grader: Run, tmp_path: Path) -> None:
    """The scripts run with NumPy alone and show the failure."""
    done = grader("check", "dense", WRONG, "--reproduce", "failures")
    assert done.returncode == 1
    scripts = sorted((tmp_path / "failures").iterdir())
    assert [script.name for script in scripts] == [
        "bias_gradient.py",
        "bias_gradient_layouts.py",
        "bias_gradient_numerically.py",
    ]
    shown = subprocess.run(
        [sys.executable, "-I", scripts[0], WRONG], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 1
    assert "AssertionError: The gradient given to the optimizer of w0" in shown.stderr
    assert len(scripts[0].read_text("utf-8").splitlines()) <= 25


FILES: dict[str, tuple[bytes, str]] = {
    "empty.py": (b"", "the file is empty"),
    "blank.py": (b" \n\t\n", "the file is empty"),
    "binary.py": (b"\x7fELF\x00\x01\x02\n", "binary.py:1: the file holds NUL bytes"),
    "latin.py": (b"# caf\xe9\nclass Dense: pass\n", "latin.py:1: the byte 0xe9 is not utf-8"),
    "syntax.py": (b"class Dense:\n    def f(self)\n        pass\n", "syntax.py:2: SyntaxError"),
    "tabs.py": (
        b"class Dense:\n    def a(self):\n        return 1\n\tdef b(self): pass\n",
        "Indent with spaces only",
    ),
    "cut.py": (b"class Dense:\n    def a(self):\n        return (1 +\n", "was all of it pasted"),
    "other.py": (
        b"class DenseLayer: pass\n",
        "It defines 'DenseLayer'",
    ),
    "function.py": (b"def Dense(n): return n\n", "has to be a class"),
    "nothing.py": (b"x = 1\n", "It defines no class at all"),
    "raises.py": (b"x = 1\ny = x / 0\n", "line 2: ZeroDivisionError: division by zero"),
    "exits.py": (b"import sys\nsys.exit(0)\n", "line 2: the file ends the program here (exit)"),
    "asks.py": (b"n = input('n? ')\n", "line 1: input() asks a question"),
    "torch.py": (b"import torch\n", "line 1: there is no module torch here"),
    "loops.py": (b"while True:\n    pass\n", "loaded, it did not return within 2 s"),
    "dies.py": (b"import os\nos._exit(0)\n", "it ended its process (exit code 0; os._exit?)"),
}


def test_file_that_cannot_be_graded(grader: Run, tmp_path: Path) -> None:
    """The report is made all the same, and the exit code is the student's."""
    name = "syntax.py"
    content, message = FILES[name]
    (tmp_path / name).write_bytes(content)
    done = grader("check", "dense", name)
    assert (done.returncode, done.stderr) == (1, "")
    assert "not gradable" in done.stdout
    assert message in " ".join(done.stdout.split())


def test_files_that_cannot_be_graded_in_every_format(dense: Problem) -> None:
    """Each is told why, with its line, and never sees a traceback of ours."""
    reports: list[Report] = []
    submissions = [submission_from(name, content) for name, (content, _) in FILES.items()]
    grade_all(dense, submissions, reports.append)
    for report, (_, message) in zip(reports, FILES.values(), strict=True):
        assert (report.status, report.score) == ("unloadable", 0.0)
        text = reporter("terminal").render(report, Page(width=80))
        assert message in " ".join(text.split())
        assert "Traceback" not in text
        data = json.loads(reporter("json").render(report, Page()))
        assert any(message in said for said in (data["message"], *data["notes"]))


def test_missing_file_and_directory_are_wrong_usage(grader: Run, tmp_path: Path) -> None:
    """What is not a file is the caller's mistake, not the student's."""
    missing = grader("check", "dense", "missing.py")
    assert (missing.returncode, missing.stderr) == (2, "grader: missing.py: no such file\n")
    folder = grader("check", "dense", tmp_path)
    assert folder.returncode == 2
    assert "is a directory" in folder.stderr


def test_unknown_problem_lists_the_known_ones(grader: Run) -> None:
    """A misspelt problem is answered with the right names."""
    done = grader("check", "dens", RIGHT)
    assert done.returncode == 2
    assert "there are: adam, batch-norm, dense" in done.stderr


def test_wrong_constructor_is_one_failure_and_the_rest_is_blocked(
    grader: Run, tmp_path: Path
) -> None:
    """One cause is shown once."""
    text = RIGHT.read_text("utf-8").replace("n_units, input_shape=None", "units, shape")
    (tmp_path / "wrong.py").write_text(text, "utf-8")
    report = json.loads(grader("check", "dense", "wrong.py", "--format", "json").stdout)
    statuses = [check["status"] for check in report["checks"]]
    assert statuses.count("failed") == 1
    assert set(statuses) <= {"failed", "blocked", "passed"}
    assert report["score"] == 0.0
    (failed,) = [check for check in report["checks"] if check["status"] == "failed"]
    assert "unexpected keyword argument 'n_units'" in failed["message"]


def test_a_correct_file_that_prints_a_lot_keeps_its_marks(grader: Run, tmp_path: Path) -> None:
    """100 MB of output are cut, and the report says so."""
    text = RIGHT.read_text("utf-8") + "\nfor _ in range(1000):\n    print('x' * 99_999)\n"
    (tmp_path / "loud.py").write_text(text, "utf-8")
    done = grader("check", "dense", "loud.py", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["score"]) == (0, 100.0)
    assert len(report["output"]) < 100_000
    assert "99,934,464 more bytes were printed" in report["output"]


def test_terminal_escapes_are_shown_and_not_obeyed(grader: Run, tmp_path: Path) -> None:
    """What a file prints, raises or contains cannot drive the terminal."""
    text = "print('\\x1b[2J\\x1b]0;owned\\x07')\nraise ValueError('\\x1b[31mred\\u202e')\n"
    (tmp_path / "escape.py").write_text(text, "utf-8")
    done = grader("check", "dense", "escape.py")
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\x1b[31mred\\u202e" in done.stdout


def test_help_needs_no_numpy(tmp_path: Path) -> None:
    """--help comes without loading what only grading needs."""
    code = (
        "import sys; from grader.cli.main import main\n"
        "sys.argv = ['grader', '--help']\n"
        "try: main()\n"
        "finally: assert not {'numpy', 'pytest', 'hypothesis', 'rich'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Exit codes" in done.stdout


@pytest.mark.parametrize(
    "command", ["check", "demo", "problems", "show", "start", "verify", "package", "onsite"]
)
def test_every_command_has_help(command: str, grader: Run) -> None:
    """--help of each command begins with its usage."""
    done = grader(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: grader {command}")


def test_version(grader: Run) -> None:
    """--version names the program and its version."""
    import grader as package

    assert grader("--version").stdout == f"grader, version {package.__version__}\n"


def test_shell_completion_knows_commands_and_problems(grader: Run) -> None:
    """Completion works as click gives it, and completes the names of problems."""
    words = {
        "_GRADER_COMPLETE": "bash_complete",
        "COMP_WORDS": "grader check de",
        "COMP_CWORD": "2",
    }
    assert "plain,dense\n" in grader(env=words).stdout


def test_problems_lists_titles(grader: Run) -> None:
    """Each problem with its title."""
    assert " Implement a custom Dense layer\n" in grader("problems").stdout


def test_show_renders_the_statement(grader: Run) -> None:
    """The statement fits 80 columns, its maths is readable, its note is there."""
    done = grader("show", "dense")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "∂L/∂X = G · Wᵀ" in done.stdout.replace("(", "").replace(")", "")
    assert "0.10162127" in done.stdout
    assert "-0.00655782" in done.stdout


def test_the_demo_grades_a_right_and_a_wrong_file(grader: Run) -> None:
    """It ends with 0, shows both scores and a named mistake, and says what to type next."""
    done = grader("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "100 / 100" in done.stdout
    assert "92 / 100" in done.stdout
    assert "the mean over the batch; the statement asks for the sum" in " ".join(
        done.stdout.split()
    )
    assert "grader start dense my-folder" in done.stdout


def test_a_problem_without_a_demo_says_what_makes_one(grader: Run) -> None:
    """Wrong usage, with the key that is missing."""
    done = grader("demo", "relu")
    assert done.returncode == 2
    assert "relu has no demo" in done.stderr
    assert "[demo] in problem.toml" in done.stderr


def test_a_demo_of_a_sample_that_is_not_there_is_the_problems_fault(
    grader: Run, small: Problem
) -> None:
    """Exit code 3, with the file that names it and the sample."""
    settings = small.folder / "problem.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[demo]\nright = "a"\nwrong = "b"\n')
    done = grader("demo", small.slug, "--library", small.library)
    assert done.returncode == 3
    assert "problem.toml" in done.stderr
    assert "accepted/a.py" in done.stderr


def test_start_gives_a_file_that_can_be_checked(grader: Run, tmp_path: Path) -> None:
    """The starter loads and scores low; a second start does not overwrite it."""
    done = grader("start", "dense", "work")
    assert done.returncode == 0
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["dense.py", "statement.md"]
    assert grader("check", "dense", "work/dense.py").returncode == 1
    again = grader("start", "dense", "work")
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_broken_problem_package(grader: Run, tmp_path: Path) -> None:
    """A broken problem.toml is told by path and line, with exit code 3."""
    folder = tmp_path / "problems" / "mine"
    folder.mkdir(parents=True)
    (folder / "problem.toml").write_text('title = "x"\nsummary = 3\n', "utf-8")
    done = grader("check", "mine", RIGHT, "--library", tmp_path)
    assert done.returncode == 3
    assert "problem.toml:2: summary: Expected `str`, got `int`" in done.stderr


def test_a_check_that_fails_by_itself_is_the_problems_fault(grader: Run, tmp_path: Path) -> None:
    """An error in checks.py is never blamed on the student."""
    import shutil

    for name in ("problems", "reference"):
        shutil.copytree(ROOT / name, tmp_path / name)
    checks = tmp_path / "problems" / "dense" / "checks.py"
    text = checks.read_text("utf-8").replace("return arrays, counted.value", "return arrays, 1 / 0")
    checks.write_text(text, "utf-8")
    done = grader("check", "dense", RIGHT, "--library", tmp_path)
    line = 1 + text[: text.index("1 / 0")].count("\n")
    assert done.returncode == 3
    assert f"checks.py:{line}: check 'test_parameter_count' itself failed" in done.stderr


@pytest.mark.parametrize("columns", ["40", "200"])
def test_narrow_and_wide_terminals(columns: str, grader: Run) -> None:
    """No line is wider than the terminal, nor than 100 columns."""
    done = grader("check", "dense", WRONG, env={"COLUMNS": columns})
    assert max(map(len, done.stdout.splitlines())) <= min(int(columns), 100)


def test_a_terminal_without_unicode(grader: Run) -> None:
    """An encoding without ✓ is no reason to fail."""
    done = grader("check", "dense", RIGHT, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "100 / 100" in done.stdout


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--hint"], 1), (["--example"], 0)])
def test_a_pipe_that_is_closed_early(options: list[str], code: int, tmp_path: Path) -> None:
    """`| head -1` ends quietly, and the exit code still tells the verdict."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "dense", str(WRONG), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == code


def processes_of_group(group: int) -> set[int]:
    """The processes of a process group, and those that they have started."""
    parents: dict[int, tuple[int, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = (int(fields[1]), int(fields[2]))
    found = {pid for pid, (_, its_group) in parents.items() if its_group == group}
    for _ in range(3):  # the judge, the zygote, the worker
        found |= {pid for pid, (parent, _) in parents.items() if parent in found}
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C ends with 130, without a traceback, and no process is left."""
    (tmp_path / "endless.py").write_text("while True: pass\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "dense", "endless.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
        start_new_session=True,
        text=True,
    ) as process:
        while len(started := processes_of_group(process.pid)) < 3:
            assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert errors.strip() == "grader: interrupted"
    assert not [pid for pid in started if Path(f"/proc/{pid}/exe").exists()]
