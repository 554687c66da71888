"""Grading on a cluster: a real one of several processes, which are killed, misled and unfit."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("distributed")

from grader.errors import Fault, ProblemError, Unisolated, UsageError
from grader.grading import pool
from grader.grading.cluster import connection, coordinator, grade_stream
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission, read_submission, submission_from
from tests.conftest import ROOT, filters_calls
from tests.grading.cluster import processes
from tests.grading.test_pool import await_end, children, described
from tests.results.test_class_run import count_results, hand_in
from tests.small_problem import CHECKS, thing

if sys.platform != "linux":
    pytest.skip("processes are found by /proc", allow_module_level=True)


class Cluster(NamedTuple):
    """Two workers under a nanny each, with one thread each."""

    address: str
    command: processes.Running
    scratch: Path

    def workers(self) -> list[int]:
        """The processes that grade; their nannies start others for them."""
        below = children(self.command.pid, deep=False)
        return [pid for pid in below if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def judges(self) -> list[int]:
        """The processes that were started by those that grade."""
        return [judge for pid in self.workers() for judge in children(pid, deep=False)]

    def problems(self) -> set[str]:
        """Folders of problems that were unpacked, while some may just be being removed."""
        found = os.walk(self.scratch)
        return {folder for folder, _, files in found if "problem.toml" in files}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster for all tests here."""
    scratch = tmp_path_factory.mktemp("scratch")
    with (
        processes.scheduler() as (address, _),
        processes.workers(address, scratch, "--nworkers", "2") as command,
    ):
        yield Cluster(address, command, scratch)


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    """A scheduler to which each test brings its own workers."""
    with processes.scheduler() as (address, _):
        yield address


def test_a_worker_is_killed_and_every_byte_is_that_of_one_machine(
    dense: Problem, cluster: Cluster
) -> None:
    """What a killed worker had is graded by others, and no report tells of it."""
    paths = [dense.samples("accepted")[0], *dense.samples("rejected")[::18]]
    paths.append(ROOT / "reference" / "relu.py")  # a solution to another problem is told so
    submissions = [*map(read_submission, paths), submission_from("empty.py", b"")]
    items = list(enumerate(submissions))
    alone = {key: described(report) for key, report in pool.grade_stream(dense, items, jobs=2)}
    together = {}
    killed = []
    for key, report in grade_stream(dense, items, address=cluster.address, isolated=True):
        together[key] = described(report)
        if len(together) == 3:
            killed = cluster.workers()[:1]
            os.kill(killed[0], signal.SIGKILL)
    assert together == alone
    assert killed
    assert not set(killed) & set(cluster.workers())


def test_lost_judges_and_workers_cost_one_submission(small: Problem, cluster: Cluster) -> None:
    """What kills its judge is the fault that it is on one machine; what kills workers, too."""
    items = [("a", thing()), ("b", thing("die")), ("c", thing(value="2"))]
    alone = {key: described(report) for key, report in pool.grade_stream(small, items, jobs=2)}
    items += [("e", thing("orphan")), ("f", thing("x"))]
    reports = dict(grade_stream(small, items, address=cluster.address))
    assert {key: described(reports[key]) for key in "abc"} == alone
    assert (reports["e"].status, reports["f"].status) == ("fault", "passed")
    told = "This could not be graded (attempts: 2): the Dask worker that had it died. That is no"
    assert reports["e"].message.startswith(told)


def test_items_are_taken_when_there_is_room(small: Problem, cluster: Cluster) -> None:
    """The class has no end, a bounded part of it is on its way; closing it leaves nothing there."""
    taken = 0

    def items() -> Iterator[tuple[Hashable, Submission]]:
        nonlocal taken
        while True:
            taken += 1
            yield taken, thing()

    before = cluster.problems()  # of workers that were killed
    stream = grade_stream(small, items(), address=cluster.address)
    for done in range(1, 60):
        next(stream)
        assert taken <= done + 6 * coordinator._BATCH_MOST
    judges = cluster.judges()
    assert judges
    assert cluster.problems() - before
    stream.close()
    for pid in judges:
        await_end(pid)
    while cluster.problems() - before:
        pass  # whoever was at work when it was closed clears up right after its judge has ended


def test_a_broken_problem_is_raised_with_its_place(small: Problem, cluster: Cluster) -> None:
    """The path is the one of the coordinator's library, where the mistake can be mended."""
    (small.folder / "checks.py").write_text("import no_such_module\n", "utf-8")
    with pytest.raises(ProblemError, match="no_such_module") as raised:
        list(grade_stream(replace(small), [(1, thing())], address=cluster.address))
    assert raised.value.path == small.folder / "checks.py"
    assert raised.value.line == 1
    (small.folder / "checks.py").write_text(CHECKS, "utf-8")
    with pytest.raises(UsageError, match="no group 'three'"):
        list(grade_stream(small, [(1, thing())], address=cluster.address, only="three"))


def test_a_problem_that_changes_meanwhile_is_refused(small: Problem, cluster: Cluster) -> None:
    """What is sent must be what the results are kept for."""
    assert len(small.digest) == 64
    (small.folder / "checks.py").write_text(CHECKS + "\n", "utf-8")
    with pytest.raises(ProblemError, match="was changed while"):
        list(grade_stream(small, [(1, thing())], address=cluster.address))


Grader = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def grader(small: Problem, tmp_path: Path) -> Grader:
    """Start to grade the folder ``class`` into ``out``."""

    def start(*options: str) -> subprocess.Popen[str]:
        arguments = ["grade", "small", "class", "-o", "out", "--library", "library", *options]
        return subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def test_the_command_line(grader: Grader, cluster: Cluster, tmp_path: Path) -> None:
    """Nothing of Dask's is on the terminal; a second run, and one without a cluster, do nothing."""
    hand_in(tmp_path / "class", ada="", bob="x", cyd="")
    told, complaints = grader("--cluster", cluster.address).communicate()
    assert "3 students, 3 graded" in told
    said = complaints.splitlines()
    assert said[:2] == ["grader: 3 submissions (files)", "grader: 3 submissions"]
    assert all(re.match(r"grader: \d of 3 graded, ", line) for line in said[2:])
    again = grader("--cluster", "127.0.0.1:1")  # where nobody is
    assert again.communicate()[0] == told
    assert count_results(tmp_path / "out") == 2


def known(out: Path) -> int:
    """How many results there are, while the store may just be being made."""
    try:
        return count_results(out)
    except sqlite3.OperationalError:
        return 0


def test_interrupted_from_the_keyboard(grader: Grader, cluster: Cluster, tmp_path: Path) -> None:
    """Ctrl-C ends a run at once, and what hangs on the cluster ends with it."""
    hand_in(tmp_path / "class", ada="", bob="stop", cyd="x")
    run = grader("--cluster", cluster.address, "-q")
    while known(tmp_path / "out") < 2:
        assert run.poll() is None
    judges = cluster.judges()
    assert judges
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert told.startswith("\n2 of 3 students are graded; the same command goes on from there.")
    for pid in judges:
        await_end(pid)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--cluster", "127.0.0.1:1"), 4, "no Dask scheduler can be reached there (Connection re"),
        (("--cluster", "tcp://"), 2, "not the address of a Dask scheduler"),
        (("--cluster", "127.0.0.1:1", "-j", "2"), 2, "leave it out with --cluster"),
    ],
)
def test_what_is_no_cluster(
    grader: Grader, tmp_path: Path, options: tuple[str, ...], code: int, told: str
) -> None:
    """It is said at once, and in a line."""
    hand_in(tmp_path / "class", ada="")
    run = grader("-q", *options)
    _, complaints = run.communicate()
    assert run.returncode == code
    assert told in complaints
    assert "Traceback" not in complaints


def test_a_port_where_nobody_speaks(small: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that listens and says nothing is not waited for."""
    monkeypatch.setattr(connection, "_CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(Fault, match=r"no Dask scheduler answers there \(nothing within 0.3 s"):
            list(grade_stream(small, [(1, thing())], address=address))


def test_without_dask(small: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base installation does without, and says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UsageError, match=r"pip install 'dense-grader\[cluster\]'"):
            list(grade_stream(small, [(1, thing())], address=address))


def test_a_cluster_without_workers(
    small: Problem, bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits long for workers that nobody has started."""
    monkeypatch.setattr(connection, "_WORKER_SECONDS", 0.2)
    with pytest.raises(Fault, match="has no workers; start some: dask worker tcp://"):
        list(grade_stream(small, [(1, thing())], address=bare))


def test_machines_without_the_grader(small: Problem, bare: str, tmp_path: Path) -> None:
    """It is said what has to be installed where."""
    blocked = "import sys; sys.modules['grader'] = None"
    with (
        processes.workers(bare, tmp_path, "--no-nanny", before=blocked),
        pytest.raises(Fault, match=r"a Dask worker cannot take part: .*Scheduler and workers need"),
    ):
        list(grade_stream(small, [(1, thing())], address=bare))


def test_a_worker_that_leaves_costs_nothing(
    small: Problem, cluster: Cluster, tmp_path: Path
) -> None:
    """A worker that is asked to go gives back what it has."""
    reports: list[Report] = []
    items = ((number, thing()) for number in range(60))
    for _, report in grade_stream(small, items, address=cluster.address):
        reports.append(report)
        if len(reports) == 10:
            os.kill(cluster.workers()[0], signal.SIGTERM)
    assert [report.status for report in reports] == ["passed"] * 60


def test_a_worker_with_another_version(small: Problem, bare: str, tmp_path: Path) -> None:
    """Its reports would not be those of the others; it is said which worker, and what differs."""
    before = "import grader; grader.__version__ = '0.0.1'"
    with (
        processes.workers(bare, tmp_path, "--no-nanny", before=before),
        pytest.raises(Fault, match=r"the Dask worker at tcp://\S+: has grader 0\.0\.1 instead of"),
    ):
        list(grade_stream(small, [(1, thing())], address=bare))


@filters_calls
def test_a_worker_on_a_machine_without_isolation(small: Problem, bare: str, tmp_path: Path) -> None:
    """Each machine is asked, not only that of the coordinator."""
    kernels = ROOT / "tests" / "sandbox" / "kernels.py"
    under = (sys.executable, str(kernels), "seccomp", "--")
    with processes.workers(bare, tmp_path, "--no-nanny", under=under):
        with pytest.raises(Unisolated, match=r"on the Dask worker at tcp://\S+ \(open: network"):
            list(grade_stream(small, [(1, thing())], address=bare, isolated=True))
        ((_, report),) = grade_stream(small, [(1, thing())], address=bare)
    assert report.status == "passed"
    assert not report.isolation["network"]


def test_the_scheduler_is_killed(small: Problem, tmp_path: Path) -> None:
    """A run without a scheduler ends, and says why."""
    reports: list[Report] = []
    with (
        processes.scheduler() as (address, running),
        processes.workers(address, tmp_path, "--no-nanny"),
        pytest.raises(Fault, match="the connection to the Dask scheduler was lost"),
    ):
        for _, report in grade_stream(small, ((n, thing()) for n in range(9999)), address=address):
            reports.append(report)
            running.kill()
    assert reports
