"""Processes of the grader are killed by others: that costs a second try, and never a mark."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from grader.errors import Fault
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission, read_submission, submission_from
from grader.sandbox.launch import Zygote
from tests.conftest import ROOT, shared_memory

if sys.platform != "linux":
    pytest.skip("there is a zygote on Linux only", allow_module_level=True)

from tests.sandbox.sabotage import Kill, Saboteur, kill_worker, kill_zygote

REFERENCE = ROOT / "reference" / "dense.py"
WRONG = ROOT / "submissions" / "dense" / "rejected" / "gradients_accumulate_over_calls.py"
COUNTS = (
    REFERENCE.read_bytes().replace(
        b"return X @ self.W + self.w0",
        b"global calls; calls += 1; print('call', calls); return X @ self.W + self.w0",
    )
    + b"\ncalls = 0\n"
)


def same(report: Report) -> Report:
    """The report without what differs between any two runs."""
    checks = tuple(replace(check, duration=0.0) for check in report.checks)
    return replace(report, duration=0.0, checks=checks)


class Judge:
    """One warm judge whose processes are killed while it grades."""

    def __init__(self, problem: Problem, kill: Kill) -> None:
        self.problem = problem
        self.workers = Zygote(problem.private_paths)
        self.saboteur = Saboteur(self.workers, kill)

    def grade(self, *planned: tuple[Submission, tuple[int | str, ...]]) -> list[Report]:
        """Grade submissions in turn, each with kills at its moments."""
        reports: list[Report] = []

        def one_by_one() -> Iterator[Submission]:
            for submission, moments in planned:
                self.saboteur.plan(*moments)
                yield submission
                assert self.saboteur.used == len(moments)

        with self.saboteur.at_work():
            grade_all(self.problem, one_by_one(), reports.append, workers=self.workers)
        return [same(report) for report in reports]


MOMENTS = (
    "a worker is asked for",
    "a worker is forked",
    "something is sent",
    "the worker computes",
    "the optimizer is called",
)


@pytest.mark.parametrize("kill", [kill_worker, kill_zygote])
def test_a_kill_at_any_moment_changes_no_report(dense: Problem, kill: Kill) -> None:
    """Right, wrong and with a memory of its own: each report is that of a quiet run.

    After the first, a right file is known by its answers, and killed while it is asked for them.
    """
    files = [read_submission(REFERENCE), read_submission(WRONG), submission_from("c.py", COUNTS)]
    named = [moment for moment in MOMENTS if (kill, moment) != (kill_worker, MOMENTS[0])]
    step = 13
    if kill is kill_zygote:  # a new one takes a second
        files, step = files[2:], 26
    for file in files:
        (quiet,) = Judge(dense, kill).grade((file, ()))
        killed = Judge(dense, kill).grade(
            *[(file, (moment,)) for moment in reversed(named)],
            *[(file, (number,)) for number in range(7, 60, step)],
        )
        assert killed
        for report in killed:
            assert report == quiet
    assert "call 2" in "".join(check.output for check in quiet.checks)


@pytest.mark.parametrize("kill", [kill_worker, kill_zygote])
def test_a_second_kill_is_the_end_of_patience(dense: Problem, kill: Kill) -> None:
    """What is killed in both tries may be the cause of it, and is told what happened."""
    file = read_submission(REFERENCE)
    judge = Judge(dense, kill)
    (alone,) = judge.grade((file, ()))
    moments = enumerate(judge.saboteur.moments)
    # Late enough for a message of one check's: of what several share, each is tried once more.
    place = [number for number, name in moments if name == "the worker computes"][14]
    (report,) = Judge(dense, kill).grade((file, (place, 2 * place + 1)))
    assert report.status == "failed"
    crashed = [check for check in report.checks if check.status == "crashed"]
    assert len(crashed) == 1
    assert "SIGKILL" in crashed[0].message
    assert alone.score > report.score > 0


def test_a_machine_that_kills_every_worker_is_not_the_students_fault(dense: Problem) -> None:
    """Nothing of the submission's was run, so there is no mark to give."""
    with contextlib.closing(Zygote(dense.private_paths)) as zygote:
        saboteur = Saboteur(zygote, kill_worker)
        saboteur.plan(each="a worker is forked")
        file = read_submission(REFERENCE)
        with saboteur.at_work(), pytest.raises(Fault, match="twice"):
            grade_all(dense, [file], lambda report: None, workers=zygote)
        assert saboteur.used == 2


def test_the_zygote_may_be_killed_while_it_starts_and_while_it_idles(dense: Problem) -> None:
    """Before its first worker, and between two submissions."""
    judge = Judge(dense, kill_zygote)
    kill_zygote(judge.workers, None)
    file = read_submission(REFERENCE)
    reports: list[Report] = []

    def one_by_one() -> Iterator[Submission]:
        yield file
        kill_zygote(judge.workers, None)
        yield file

    grade_all(dense, one_by_one(), reports.append, workers=judge.workers)
    assert [report.score for report in reports] == [100.0, 100.0]
    assert same(reports[0]) == same(reports[1])


def test_the_probe_may_lose_its_worker_once(dense: Problem) -> None:
    """What is known about the isolation does not depend on a disturbance."""
    with contextlib.closing(Zygote(dense.private_paths)) as zygote:
        saboteur = Saboteur(zygote, kill_worker)
        with saboteur.at_work():
            saboteur.plan("the worker computes")
            assert all(zygote.isolation.values())
        assert saboteur.used == 1
    with contextlib.closing(Zygote(dense.private_paths)) as zygote:
        saboteur = Saboteur(zygote, kill_worker)
        saboteur.plan(each="the worker computes")
        with saboteur.at_work(), pytest.raises(Fault, match="twice"):
            zygote.isolation  # noqa: B018


# -- the judge itself ------------------------------------------------------------------------

SPLITS = b"""
import os
def split():
    for _ in range(2):
        try:
            if os.fork() == 0: os.setsid()
        except OSError:
            pass
split()
class Dense:
    def __init__(self, *args, **kwargs): split()
    def __getattr__(self, name): return lambda *a, **k: split()
    def forward_pass(self, X, training=True):
        split()
        while True: pass
"""

JUDGE = """
import os, sys
from pathlib import Path
from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.sandbox.launch import Zygote
from grader.model.submission import read_submission
from tests.sandbox.sabotage import Saboteur, kill_judge

when, *paths = sys.argv[1:]
problem = Library.find().load("dense")
zygote = Zygote(problem.private_paths)
if when == "start":
    kill_judge(zygote, None)
saboteur = Saboteur(zygote, kill_judge)
saboteur.plan(when if not when.isdigit() else int(when))
def sink(report):
    if when == "idle":
        kill_judge(zygote, None)
with saboteur.at_work():
    grade_all(problem, map(read_submission, map(Path, paths)), sink, workers=zygote)
"""

WATCH = """
import json, os, subprocess, sys
from grader.sandbox.jail.linux import adopt_orphans
adopt_orphans()
judge = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
code = judge.wait()
orphans = 0
while True:  # until the last process that the judge left behind has ended
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        break
    orphans += 1
print(json.dumps([code, orphans]))
"""


@pytest.mark.parametrize("when", ["start", "idle", *MOMENTS, "21"])
def test_a_killed_judge_leaves_nothing_behind(when: str, tmp_path: Path) -> None:
    """No zygote, no worker, nothing that a worker started, no file."""
    files: list[Path] = [tmp_path / "splits.py", REFERENCE]
    files[0].write_bytes(SPLITS)
    if when in ("the optimizer is called", "idle", "21"):
        files = [REFERENCE]
    places = [tmp_path / name for name in ("work", "tmp", "home")]
    for place in places:
        place.mkdir()
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"TMPDIR": str(places[1]), "HOME": str(places[2])}
    command = [sys.executable, "-c", WATCH, JUDGE, when, *map(str, files)]
    shared = shared_memory()
    done = subprocess.run(
        command, cwd=places[0], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, textwrap.shorten(done.stderr, 2000)
    code, orphans = json.loads(done.stdout)
    assert code == -9
    assert orphans >= 1  # the zygote at least was there, and ended
    left: list[Any] = [path for place in places for path in place.rglob("*")]
    assert left == []
    assert shared_memory() <= shared
