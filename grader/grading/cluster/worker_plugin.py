"""What a Dask worker keeps during a run: the problem's files and warm judges.

It runs in a process of Dask, which is trusted: no student's code runs here. Judges and their jailed
workers are processes of this machine, as they are without a cluster, one for each thread that Dask
has here. Everything goes when the run ends, when the Dask worker does, or, should the coordinator
have died without a word, after a while in which there was nothing to grade.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from distributed import Reschedule, Worker, WorkerPlugin

from grader.errors import Fault, ProblemError, Unisolated, UsageError
from grader.grading.cluster import dask_private
from grader.grading.cluster.cpu_claims import claimed
from grader.grading.cluster.messages import (
    pack_answer,
    pack_reports,
    unpack_batch,
    unpack_problem,
)
from grader.grading.pool import Judges
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import Submission

_IDLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done in a run, the same for all workers.

    Attributes:
        slug, digest: Of the problem.
        seed, only, isolated: As in :func:`grader.grading.in_process.grade_all`.
        versions: Of all that can change a report, as the coordinator has them.
    """

    slug: str
    digest: str
    seed: int | None
    only: str | None
    isolated: bool
    versions: Mapping[str, str]


class Bench(WorkerPlugin):
    """One worker's part in a run; Dask takes it to every worker, also to those that come later.

    Args:
        order: What is to be done.
        files: The problem, packed: what is graded with is never what a worker happens to have.
    """

    def __init__(self, order: Order, files: bytes) -> None:
        self._order = order
        self._files = files

    def setup(self, worker: Worker) -> None:
        """Remember the worker; nothing else happens before the first batch."""
        self._address = worker.address
        self._scratch = dask_private.scratch_of(worker)
        self._threads = dask_private.threads_of(worker)
        self._lock = threading.Lock()
        self._busy = 0
        self._closed = False
        self._judges: Judges | None = None
        self._leaving = contextlib.ExitStack()
        self._idle: threading.Timer | None = None

    def teardown(self, worker: Worker) -> None:
        """Stop what is being graded, and leave nothing behind."""
        with self._lock:
            self._closed = True
            if self._idle is not None:
                self._idle.cancel()
            if self._busy and self._judges is not None:
                self._judges.stop()  # whoever is at work there clears up
            else:
                self._clear()

    def grade(self, batch: bytes) -> bytes:
        """Grade a batch; return the answer, which says so if this machine cannot."""
        try:
            return pack_reports(self._reports(unpack_batch(batch)))
        except ProblemError as error:
            return pack_answer(problem=[self._shown(error.path), error.line, error.what])
        except Unisolated as error:
            return pack_answer(open=error.opened, machine=self._address)
        except UsageError as error:
            return pack_answer(usage=str(error))
        except (Fault, OSError) as error:
            return pack_answer(fault=f"the Dask worker at {self._address}: {error}")

    def _reports(self, submissions: Sequence[Submission]) -> list[Report]:
        judges = self._enter()
        try:
            found = dict(judges.grade(enumerate(submissions), 1))
        except Fault:
            if self._closed:
                raise Reschedule from None
            raise
        finally:
            self._leave()
        return [found[number] for number in range(len(submissions))]

    def _enter(self) -> Judges:
        with self._lock:
            if self._closed:
                raise Reschedule
            if self._idle is not None:
                self._idle.cancel()
            if self._judges is None:
                with contextlib.ExitStack() as leaving:
                    self._judges = self._furnish(leaving)
                    self._leaving = leaving.pop_all()
            self._busy += 1
            return self._judges

    def _leave(self) -> None:
        with self._lock:
            self._busy -= 1
            if self._busy:
                return
            if self._closed:
                self._clear()
                return
            self._idle = threading.Timer(_IDLE_SECONDS, self._clear_if_idle)
            self._idle.daemon = True
            self._idle.start()

    def _clear_if_idle(self) -> None:
        with self._lock:
            if not self._busy:
                self._clear()

    def _clear(self) -> None:
        self._judges = None
        self._leaving.close()

    def _furnish(self, leaving: contextlib.ExitStack) -> Judges:
        """Unpack the problem and make ready for grading with it, until ``leaving`` is closed.

        Raises:
            Fault: What is installed here would make other reports than the coordinator's.
        """
        order = self._order
        _require_equal(order.versions)
        folder = Path(tempfile.mkdtemp(prefix="grader-", dir=self._scratch)).resolve()
        leaving.callback(shutil.rmtree, folder, ignore_errors=True)
        unpack_problem(self._files, folder)
        problem = Library(folder).load(order.slug)
        if problem.digest != order.digest:
            what = f"{problem.digest[:12]}… instead of {order.digest[:12]}…"
            raise Fault(f"the problem did not arrive as it was sent: its digest is {what}")
        judges = Judges(
            problem,
            self._threads,
            seed=order.seed,
            only=order.only,
            isolated=order.isolated,
            processors=leaving.enter_context(claimed(self._threads)),
        )
        return leaving.enter_context(judges)

    def _shown(self, path: Path) -> str:
        """A path in the problem as the coordinator can find it: below the library."""
        with contextlib.suppress(ValueError):
            parts = path.relative_to(Path(self._scratch).resolve()).parts
            return Path(*parts[1:]).as_posix()
        return str(path)


def _require_equal(expected: Mapping[str, str]) -> None:
    from grader.judge.make_report import versions

    found = versions()
    differences = [
        f"{name} {found.get(name)} instead of {version}"
        for name, version in expected.items()
        if found.get(name) != version
    ]
    if differences:
        raise Fault(
            f"has {', '.join(differences)}; its reports would not be those of the other machines."
            " Install the same versions everywhere."
        )


def can_take_part() -> None:
    """Do nothing. Where even that cannot be done, the grader is not installed."""


def grade_batch(run: str, batch: bytes) -> bytes:
    """Grade a batch on the bench of a run; this is what Dask is asked to do.

    Raises:
        Reschedule: This worker is about to leave; for Dask, which gives the batch to another.
    """
    bench = cast("Bench | None", dask_private.own_plugin(run))
    if bench is None:
        raise Reschedule
    return bench.grade(batch)
