"""``grader.check`` and what else ``import grader`` offers, in scripts, threads and forks."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import assert_type

import pytest

import grader
from grader.api import warm_judges
from grader.errors import Fault, GraderError, UsageError
from grader.grading.pool import Judges
from grader.model.problem import Problem
from grader.model.report_json import report_from_json
from tests.conftest import ROOT
from tests.grading.test_pool import await_end, children
from tests.small_problem import thing

RIGHT = ROOT / "submissions" / "dense" / "accepted" / "einsum.py"
WRONG = ROOT / "submissions" / "dense" / "rejected" / "bias_gradient_mean.py"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

THING = """
class Thing:
    def value(self):
        return 1
    def word(self):
        return ""
"""


def script(folder: Path, text: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script by its path, from another folder, without a guard for ``__main__``."""
    (folder / "script.py").write_text(text, "utf-8")
    return subprocess.run(
        [sys.executable, folder / "script.py", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=Path(sys.executable).anchor,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_public_names() -> None:
    """Another name is a change of the interface, for docs/python.md and the changelog."""
    assert grader.__all__ == [
        "ClassResults",
        "Problem",
        "Report",
        "check",
        "errors",
        "grade_class",
        "load_problem",
    ]
    assert dir(grader) == sorted(["__version__", *grader.__all__])
    for name in grader.__all__:
        assert getattr(grader, name).__name__ in (name, f"grader.{name}")
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        getattr(grader, "chekc")  # noqa: B009  (mypy would see it)


def test_importing_it_loads_nothing() -> None:
    """Every process of the grader imports it, and so does whoever wants one name of it."""
    code = "import sys; before = set(sys.modules); import grader; print(set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == {"grader"}


def test_a_file_a_text_and_a_class_get_the_same_report() -> None:
    """Names of files and line numbers aside; the report says what a report says."""
    report = grader.check("dense", WRONG)
    assert_type(report, grader.Report)
    assert (report.score, [named.id for named in report.diagnoses]) == (92.0, ["bias-mean"])
    assert repr(report) == ("<Report dense, bias_gradient_mean.py: failed, 92 / 100; bias-mean>")
    text = grader.check("dense", WRONG.read_text("utf-8"))
    assert text.submission_name == "dense.py"
    assert text.submission_sha256 == report.submission_sha256
    assert [one.status for one in text.checks] == [one.status for one in report.checks]
    assert report_from_json(report.render("json")).score == 92.0


def test_a_report_is_text_and_a_page() -> None:
    """Printed as in a terminal; in a notebook a frame that neither leaks nor lets in anything."""
    report = grader.check("dense", WRONG.read_text("utf-8") + "\nprint('</iframe><script>')\n")
    assert "The bias gradient is the mean over the batch" in str(report)
    assert "--reproduce" not in str(report)  # there is no command line to repeat
    page = report._repr_html_()
    assert page is not None
    assert page.startswith('<iframe sandbox="" srcdoc="&lt;!doctype html&gt;')
    assert page.count("<") == 2  # the frame and its end
    assert grader.check("dense", RIGHT, only="forward").status == "passed"
    with pytest.raises(UsageError, match="no format named 'pdf'"):
        report.render("pdf")


def test_other_examples(small: Problem) -> None:
    """A seed is kept in the report; one can be drawn."""
    assert grader.check(small, THING, seed=7).seed == 7
    assert grader.check(small.folder, THING).seed == small.settings.seed
    drawn = {grader.check(small, THING, seed="random").seed for _ in range(2)}
    assert len(drawn) == 2


@pytest.mark.parametrize(
    ("problem", "submission", "options", "said"),
    [
        ("dnse", THING, {}, "no problem named 'dnse'"),
        ("nowhere/problems/small", THING, {}, "no such folder"),
        (str(ROOT / "docs"), THING, {}, "not the folder of a problem"),
        ("dense", "nowhere.py", {}, "nowhere.py: no such file"),
        ("dense", 3, {}, "a path, the text of a file, a class or a function, and not int"),
        ("dense", THING, {"seed": -1}, "-1 is neither a seed"),
        ("dense", THING, {"seed": "x"}, "'x' is neither a seed"),
        ("dense", THING, {"only": "x"}, "dense has no group 'x'"),
        ("dense", int, {}, "no source of the class int"),
        ("dense", type("Dense", (), {}), {}, "does not define the class Dense"),
        ("dense", ThreadPoolExecutor.submit.__class__, {}, "no source of the class function"),
    ],
)
def test_wrong_usage(problem: str, submission: str, options: dict[str, str], said: str) -> None:
    """Wrong arguments are exceptions, with a message for people."""
    with pytest.raises(UsageError, match=said):
        grader.check(problem, submission, **options)  # type: ignore[arg-type]


def test_what_is_no_fault_of_the_submission_is_an_exception(small: Problem) -> None:
    """A report without a mark would be taken for one with 0 points."""
    with pytest.raises(Fault, match="attempts: 3"):
        grader.check(small, thing("fault").text)
    (small.folder / "checks.py").write_text("import nothing_of_this_name\n", "utf-8")
    with pytest.raises(grader.errors.ProblemError, match=r"checks\.py"):
        grader.check(small, THING)
    assert issubclass(grader.errors.ProblemError, GraderError)


def test_calls_in_several_threads(small: Problem) -> None:
    """Each has a judge to itself, and its own report."""
    sources = [thing(value=str(number)).text for number in (1, 2, 1, 2, 1, 2)]
    with ThreadPoolExecutor(3) as threads:
        reports = list(threads.map(lambda text: grader.check(small, text), sources))
    assert [report.score for report in reports] == [100, 40, 100, 40, 100, 40]
    assert len(warm_judges._waiting) <= warm_judges.KEPT


@on_linux
def test_a_judge_is_kept_for_the_next_call(small: Problem) -> None:
    """The same process answers until the problem changes; one that has died is replaced."""
    grader.check(small, THING)
    (judge,) = warm_judges._waiting[-1][1]._all
    process = judge._process
    assert process is not None
    grader.check(small, THING)
    assert judge._process is process
    process.kill()
    assert grader.check(small, THING).status == "passed"
    assert judge._process is not process
    changed = small.folder / "problem.toml"
    changed.write_text(changed.read_text("utf-8").replace('"One"', '"Eins"'), "utf-8")
    grader.check(small, THING)
    assert warm_judges._waiting[-1][1]._all != [judge]


@on_linux
def test_a_judge_that_nobody_asks_ends(small: Problem) -> None:
    """It goes by itself after a while, and another is started when there is work."""
    with Judges(small, 1, idle_seconds=0.1) as judges:
        for _ in range(2):
            ((_, report),) = judges.grade([(0, thing())], 1)
            assert report.status == "passed"
            process = judges._all[0]._process
            assert process is not None
            await_end(process.pid)


CHANGES_NOTHING = """
import ctypes, gc, json, os, random, signal, sys, threading
import numpy as np
import grader

wrong, folder, out = sys.argv[1:]

def state():
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else lambda number: 1
    return {
        "dumpable": prctl(3),
        "collector": [gc.isenabled(), gc.get_freeze_count(), gc.get_threshold()],
        "signals": [str(signal.getsignal(n)) for n in sorted(signal.valid_signals())],
        "path": sys.path[:],
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "random": [str(np.random.get_state()), str(random.getstate())],
        "processors": sorted(getattr(os, "sched_getaffinity", lambda pid: [])(0)),
        "threads": threading.active_count(),
        "streams": [sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__],
        "hooks": [sys.excepthook is sys.__excepthook__, sys.gettrace(), sys.getprofile()],
        "limits": [sys.getrecursionlimit(), str(np.geterr())],
    }

gc.disable()
before = state()
modules = set(sys.modules)
print(grader.check("dense", wrong).score)
after = state()
assert before == after, (before, after)
new = {name.partition(".")[0] for name in set(sys.modules) - modules}
print(json.dumps(sorted(new & {"dense", "layer", "checks", "pytest", "hypothesis", "script"})))
descriptors = sorted(os.listdir("/proc/self/fd")) if sys.platform == "linux" else []
for _ in range(2):
    grader.check("dense", wrong)
assert descriptors == (sorted(os.listdir("/proc/self/fd")) if sys.platform == "linux" else [])
print(grader.grade_class("dense", folder, out, allow_unisolated=True))
after = state()
assert before == after, (before, after)
"""


def test_nothing_of_the_callers_process_is_changed(tmp_path: Path) -> None:
    """Not what the system lets others do to it, nor its collector, signals, path or numbers."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_bytes(RIGHT.read_bytes())
    done = script(tmp_path, CHANGES_NOTHING, WRONG, tmp_path / "class", tmp_path / "out")
    assert done.stderr == ""
    *told, last = done.stdout.splitlines()
    assert told == ["92.0", "[]"]
    assert last.endswith("out: 1 students, 1 graded, mean 100>")


def test_a_function_of_a_script(tmp_path: Path) -> None:
    """With the other functions that the exercise asks for."""
    done = script(
        tmp_path,
        "import grader\n"
        "import numpy as np\n"
        "def softmax(scores):\n"
        "    powers = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
        "    return powers / powers.sum(axis=1, keepdims=True)\n"
        "def cross_entropy(scores, labels):\n"
        "    return 0.0, softmax(scores) / len(scores)\n"
        "report = grader.check('softmax-cross-entropy', softmax)\n"
        "print(report.score, report.diagnoses[-1].id)\n",
    )
    score, diagnosis = done.stdout.split()
    assert float(score) == 55.0, done.stderr
    assert diagnosis == "gradient-without-labels"


def test_a_class_of_a_script(tmp_path: Path, small: Problem) -> None:
    """A script without a guard checks its own class; nothing beside it is imported by judges."""
    for name in ("random", "numpy", "pytest", "layer"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'loot')!r}, 'w')\n", "utf-8")
    done = script(
        tmp_path,
        "import sys\n"
        "here = sys.path.pop(0)\n"
        "import grader\n"
        "grader.check\n"
        "sys.path.insert(0, here)\n"
        "ONE = 1\n"
        "\n"
        "class Thing:\n"
        "    def value(self):\n"
        "        return ONE / 0\n"
        "    def word(self):\n"
        "        return ''\n"
        "\n"
        "print('begins')\n"
        "report = grader.check(sys.argv[1], Thing)\n"
        "print(report.checks[0].evidence['traceback'][-1]['line'], repr(report.output))\n",
        small.folder,
    )
    assert done.stdout.splitlines() == ["begins", "10 ''"], done.stderr
    assert not (tmp_path / "loot").exists()


ENDS = """
import os, signal, sys
import grader
from pathlib import Path

def judges():
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]

grader.check({problem!r}, {thing!r})
before = judges()
assert len(before) == 1
"""


@on_linux
def test_a_fork_has_no_judges_of_its_parents(tmp_path: Path, small: Problem) -> None:
    """It starts its own when it needs one, and leaves those of its parent alone."""
    begin = ENDS.format(problem=str(small.folder), thing=THING)
    done = script(
        tmp_path,
        begin
        + "child = os.fork()\n"
        + f"passed = grader.check({str(small.folder)!r}, {THING!r}).status == 'passed'\n"
        + "if child == 0:\n"
        + "    sys.exit(0 if passed and len(judges()) == 1 and judges() != before else 1)\n"
        + "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), judges() == before)\n"
        + f"print(grader.check({str(small.folder)!r}, {THING!r}).status, judges() == before)\n",
    )
    assert done.stdout.splitlines() == ["0 True", "passed True"], done.stderr
    assert done.stderr == ""


@on_linux
@pytest.mark.parametrize(
    "end",
    [
        "",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "if os.fork(): os.kill(os.getpid(), signal.SIGKILL)\nsys.stdin.read()",
    ],
    ids=["returned", "killed", "killed beside a fork"],
)
def test_judges_end_with_their_owner(tmp_path: Path, small: Problem, end: str) -> None:
    """Whatever put an end to it, and although a fork of it lives on."""
    begin = ENDS.format(problem=str(small.folder), thing=THING)
    (tmp_path / "script.py").write_text(
        f"{begin}print(before[0], flush=True)\nsys.stdin.readline()\n{end}\n", "utf-8"
    )
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdin
        assert owner.stdout
        judge = int(owner.stdout.readline())
        with_it = [judge, *children(judge)]
        assert len(with_it) > 1
        owner.stdin.write("\n")
        owner.stdin.flush()
        for pid in with_it:
            await_end(pid)


@on_linux
def test_an_interrupted_call_leaves_nothing_behind(tmp_path: Path, small: Problem) -> None:
    """Ctrl-C comes out as KeyboardInterrupt, with the judge gone; the next call works."""
    endless = thing(value="open('/proc/self/stat') and [0 for _ in iter(int, 1)]").text
    (tmp_path / "script.py").write_text(
        "import os, json\n"
        "import grader\n"
        "from pathlib import Path\n"
        "try:\n"
        f"    grader.check({str(small.folder)!r}, {endless!r})\n"
        "except KeyboardInterrupt:\n"
        "    left = Path(f'/proc/self/task/{os.getpid()}/children').read_text()\n"
        f"    print(repr(left), grader.check({str(small.folder)!r}, {THING!r}).status)\n",
        "utf-8",
    )
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as owner:
        while len(started := children(owner.pid)) < 3:  # judge, zygote, worker
            assert owner.poll() is None
        os.killpg(owner.pid, signal.SIGINT)
        assert owner.communicate()[0] == "'' passed\n"
    for pid in started:
        await_end(pid)


def test_a_class_is_graded(tmp_path: Path, small: Problem) -> None:
    """Everybody with mark and report, and the gradebook; once more, it is there at once."""
    (tmp_path / "class").mkdir()
    for name, value in {"ada": "1", "bob": "2"}.items():
        (tmp_path / "class" / f"{name}.py").write_bytes(thing(value=value).source)
    results = grader.grade_class(small, tmp_path / "class", tmp_path / "out", jobs=1)
    assert_type(results, grader.ClassResults)
    assert repr(results).endswith("out: 2 students, 2 graded, mean 70>")
    assert len(results) == 2
    assert {one.name: one.score for one in results} == {"ada": 100, "bob": 40}
    report = results["bob"].report
    assert report is not None
    assert (report.submission_name, report.source) == ("bob.py", thing(value="2").text)
    assert "bob" in (tmp_path / "out" / "gradebook.csv").read_text("utf-8")
    again = grader.grade_class(small.folder, tmp_path / "class", tmp_path / "out")
    assert (again.seed, [one.name for one in again]) == (results.seed, ["ada", "bob"])
    with pytest.raises(KeyError):
        again["eve"]
    with pytest.raises(UsageError, match="holds the submissions"):
        grader.grade_class(small, tmp_path / "class", tmp_path / "class")
    with pytest.raises(UsageError, match="at least one judge"):
        grader.grade_class(small, tmp_path / "class", tmp_path / "out", jobs=0)
    with pytest.raises(UsageError, match="no such file or folder"):
        grader.grade_class(small, tmp_path / "nowhere", tmp_path / "out")
