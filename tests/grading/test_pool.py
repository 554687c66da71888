"""Judges side by side: real processes, killed, stopped and misled."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Hashable, Iterator
from pathlib import Path

import pytest

from grader.authoring.reproducibility import timeless
from grader.errors import ProblemError, UsageError
from grader.grading import pool
from grader.grading.in_process import grade_all
from grader.grading.pool import grade_stream
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.report_json import as_data
from grader.model.submission import Submission, read_submission, submission_from
from tests.small_problem import CHECKS, thing

ROOT = Path(__file__).resolve().parents[2]


def described(report: Report) -> str:
    """A report as JSON, durations aside."""
    return json.dumps(timeless(as_data(report)))


def children(pid: int, deep: bool = True) -> list[int]:
    """Processes that descend from ``pid``, or only its own."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *(children(child) if deep else [])]
    return found


def await_end(pid: int) -> None:
    """Return when a process, which need not be a child, has ended; fail after a minute."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 60)[0], f"process {pid} is still there"
    finally:
        os.close(descriptor)


def test_reports_are_those_of_one_judge(dense: Problem) -> None:
    """The same reports come out as in one process, whatever the order of their completion."""
    paths = [dense.samples("accepted")[0], *dense.samples("rejected")[::30]]
    submissions = [*map(read_submission, paths), submission_from("empty.py", b"")]
    alone: list[Report] = []
    grade_all(dense, submissions, alone.append, seed=3)
    items = list(enumerate(submissions))
    together = dict(grade_stream(dense, reversed(items), jobs=2, seed=3))
    assert {key: described(report) for key, report in together.items()} == {
        number: described(report) for number, report in enumerate(alone)
    }


@pytest.mark.parametrize(
    ("word", "told"),
    [("die", "SIGKILL"), ("leave", "exit code 3"), ("fault", "Fault: asked to")],
)
def test_a_judge_that_is_lost_costs_one_submission(small: Problem, word: str, told: str) -> None:
    """What kills every judge comes out as a fault that says how; the others are graded."""
    items = [("a", thing()), ("b", thing(word)), ("c", thing(value="2")), ("d", thing())]
    reports = dict(grade_stream(small, items, jobs=2))
    assert {key: report.status for key, report in reports.items()} == {
        "a": "passed",
        "b": "fault",
        "c": "failed",
        "d": "passed",
    }
    assert told in reports["b"].message
    assert "(attempts: 3)" in reports["b"].message


def test_a_judge_that_hangs_is_given_up(small: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stops every judge comes out as a fault, once the time is up."""
    monkeypatch.setattr(pool, "_START_SECONDS", -599.0)  # leaves a second
    ((_, report),) = grade_stream(small, [("a", thing("stop"))], jobs=1, attempts=1)
    assert report.status == "fault"
    assert "the judge did not answer within 1 s" in report.message


def test_nobody_waits_for_a_judge_that_hangs(small: Problem) -> None:
    """While one judge is stuck, the other goes on with the class."""
    stream = grade_stream(small, [("a", thing("stop")), ("b", thing()), ("c", thing())], jobs=2)
    assert [next(stream)[0], next(stream)[0]] == ["b", "c"]
    stream.close()


def test_a_judge_killed_from_outside_is_made_up_for(small: Problem) -> None:
    """A submission whose judge was killed once is graded by the next one."""
    reports = {}
    for key, report in grade_stream(small, enumerate(thing() for _ in range(12)), jobs=2):
        reports[key] = report
        if len(reports) in (1, 5):
            for judge in children(os.getpid(), deep=False):
                os.kill(judge, signal.SIGKILL)
    assert [reports[key].status for key in range(12)] == ["passed"] * 12


def test_items_are_taken_when_a_judge_is_free(small: Problem) -> None:
    """No more than a submission per judge is in flight, so memory does not grow with the class."""
    taken = 0

    def items() -> Iterator[tuple[Hashable, Submission]]:
        nonlocal taken
        while True:  # the class has no end
            taken += 1
            yield taken, thing()

    stream = grade_stream(small, items(), jobs=2)
    for done in range(1, 20):
        next(stream)
        assert taken <= done + 2
    stream.close()


def test_a_broken_problem_is_raised(small: Problem) -> None:
    """A check that fails by itself is nobody's mark."""
    broken = CHECKS.replace('word == "broken"', "True")
    assert broken != CHECKS
    (small.folder / "checks.py").write_text(broken, "utf-8")
    with pytest.raises(ProblemError, match=r"checks\.py:\d+: .*ZeroDivisionError: in a check"):
        list(grade_stream(dataclasses.replace(small), [(1, thing())], jobs=1))
    (small.folder / "checks.py").write_text("import no_such_module\n", "utf-8")
    with pytest.raises(ProblemError, match="no_such_module"):
        list(grade_stream(dataclasses.replace(small), [(1, thing())], jobs=2))


def test_a_problem_that_changes_meanwhile_is_refused(small: Problem) -> None:
    """A judge that starts later would grade by other rules than those before it."""
    assert len(small.digest) == 64
    (small.folder / "checks.py").write_text(CHECKS + "\n", "utf-8")
    with pytest.raises(ProblemError, match="was changed while"):
        list(grade_stream(small, [(1, thing())], jobs=1))


def test_an_unknown_group_is_raised(small: Problem) -> None:
    """What the caller has mistyped is told to the caller."""
    with pytest.raises(UsageError, match="no group 'three'"):
        list(grade_stream(small, [(1, thing())], jobs=1, only="three"))


def test_closing_leaves_no_process(small: Problem) -> None:
    """A generator that is closed in the middle ends judges, zygotes and workers."""
    stream = grade_stream(small, ((n, thing()) for n in range(100)), jobs=2)
    next(stream)
    started = children(os.getpid())
    assert len(started) >= 2
    stream.close()
    for pid in started:
        await_end(pid)


PARENT = """
import sys
from pathlib import Path
from grader.grading.pool import grade_stream
from grader.model.problem import Library
from grader.model.submission import submission_from
problem = Library(Path(sys.argv[1])).load("small")
loop = submission_from("loop.py", b"class Thing:\\n    def value(self):\\n        while True: pass")
fine = submission_from("a.py", b"class Thing:\\n    def value(self):\\n        return 1")
for key, report in grade_stream(problem, [(1, fine), (2, loop), (3, loop), (4, loop)], jobs=2):
    print(key, flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_end_of_the_parent_leaves_no_process(small: Problem, how: signal.Signals) -> None:
    """Judges in the middle of a check go when their parent is killed, or interrupted."""
    command = [sys.executable, "-c", PARENT, str(small.library)]
    parent = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"1\n"
    started = children(parent.pid)
    parent.send_signal(how)
    parent.wait(60)
    parent.stdout.close()
    assert len(started) >= 4  # two judges, each with its zygote
    for pid in started:
        await_end(pid)


def test_each_judge_has_its_own_processors() -> None:
    """Shares do not overlap while there are processors enough, and all are used."""
    allowed = os.sched_getaffinity(0)
    shares = pool._shares(len(allowed))
    assert sorted(itertools.chain(*shares)) == sorted(allowed)
    assert pool._shares(1) == [sorted(allowed)]
    assert all(len(share) == 1 for share in pool._shares(2 * len(allowed)))


@pytest.mark.parametrize("left", [b"", b'{"name": "a.py", "sour', b"null\n"])
def test_a_judge_ends_with_whatever_its_coordinator_has_left(left: bytes) -> None:
    """One that is killed may have sent half a submission; nobody is there to wait for the rest."""
    code = (
        "import io, queue, threading\n"
        "from grader.grading.judge_process import _listen\n"
        f"arguments = io.BytesIO({left!r}), queue.SimpleQueue()\n"
        "threading.Thread(target=_listen, args=arguments, daemon=True).start()\n"
        "threading.Event().wait()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0
