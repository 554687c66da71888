"""The coordinator of a run on a cluster: batches out, reports in, whatever workers do.

Dask decides who grades what, and gives the batches of a worker that is gone to others. Here is
decided how much is on its way at any time, and what becomes of batches that are lost with worker
after worker. Any of their submissions may be the reason, or none: Dask counts what waited on a
worker as lost with it, too. So they are tried once more at the end, each with nothing beside it.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import time
import uuid
from collections import deque
from collections.abc import Hashable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import Fault, ProblemError, Unisolated, UsageError
from grader.grading.cluster.connection import connected, require_private
from grader.grading.cluster.messages import pack_batch, pack_problem, unpack_answer
from grader.grading.engine import CHANGED, Graded, Items, Task, fault_report
from grader.model.problem import Problem
from grader.model.report import Report

if TYPE_CHECKING:
    from distributed import Client, Future

_BATCH_SECONDS = 1.0
_BATCH_MOST = 100
_FOR_EACH_THREAD = 2  # one is being graded, one waits there, so that nobody waits for us
_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0
_FETCH_SECONDS = 10.0
_FAREWELL_SECONDS = 5.0
_INSTALL = "Scheduler and workers need this version of the grader, with its extra 'cluster'."


def grade_stream(
    problem: Problem,
    items: Items,
    *,
    address: str,
    trust_network: bool = False,
    seed: int | None = None,
    only: str | None = None,
    attempts: int = 2,
    isolated: bool = False,
) -> Graded:
    """Grade submissions on a Dask cluster, as :class:`grader.grading.engine.Engine` says.

    Args:
        problem, items, seed, isolated: As there.
        address: Of the scheduler: ``tls://host:8786``.
        trust_network: Take an address that is neither encrypted nor of this machine.
        only: As in ``grade_all``.
        attempts: How often a submission may be lost with its workers: first in a batch, then with
            nothing beside it. Dask gives a task up when, by default, four workers have died.

    Raises:
        ProblemError: As there.
        UsageError: There is no group ``only``, or the address or the installation is wrong.
        Fault: There is no cluster, or a machine of it cannot grade; names the machine.
    """
    items = iter(items)
    first = next(items, None)
    if first is None:
        return
    with connected(address, trust_network=trust_network) as client:
        run = _Run(
            client,
            problem,
            trust_network=trust_network,
            seed=seed,
            only=only,
            attempts=attempts,
            isolated=isolated,
        )
        try:
            yield from run.grade(itertools.chain([first], items))
        finally:
            run.end()


class _Run:
    """A run: what is on its way, and what there is room for."""

    def __init__(
        self,
        client: Client,
        problem: Problem,
        *,
        trust_network: bool,
        seed: int | None,
        only: str | None,
        attempts: int,
        isolated: bool,
    ) -> None:
        self._client = client
        self._problem = problem
        self._trust_network = trust_network
        self._seed = seed
        self._only = only
        self._attempts = attempts
        self._isolated = isolated
        self._name = f"grader-{uuid.uuid4().hex[:12]}"
        self._numbers = itertools.count()
        self._flying: dict[str, tuple[Future[bytes], list[Task]]] = {}
        self._again: deque[Task] = deque()
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._graded, self._seconds = 0, 0.0
        self._threads = 0
        self._looked = self._attended = time.monotonic()

    def _begin(self) -> None:
        """Give every machine what it needs.

        Raises:
            ProblemError: The problem has changed since it was loaded.
            Fault: A machine cannot take part.
        """
        from grader.grading.cluster.worker_plugin import Bench, Order, can_take_part
        from grader.judge.make_report import versions

        problem = self._problem
        files = pack_problem(problem)
        if replace(problem).digest != problem.digest:
            raise ProblemError(problem.folder, None, CHANGED)
        order = Order(
            problem.slug, problem.digest, self._seed, self._only, self._isolated, versions()
        )
        bench = Bench(order, files)
        for who, take_part in (
            ("the Dask scheduler", partial(self._client.run_on_scheduler, can_take_part)),
            ("a Dask worker", partial(self._client.register_plugin, bench, self._name)),
        ):
            try:
                take_part()
            except Exception as error:
                raise Fault(f"{who} cannot take part: {error}. {_INSTALL}") from None

    def grade(self, items: Items) -> Graded:
        """Grade everything; see :func:`grade_stream`."""
        tasks = (Task(key, submission) for key, submission in items)
        ready: list[tuple[Hashable, Report]] = []
        self._look()  # before anything of the problem is sent
        self._begin()
        while True:
            self._send(tasks)
            yield from ready  # while the cluster works
            if not self._flying:
                return
            ready = self._receive()

    def end(self) -> None:
        """Take back what is on its way, and have the workers clear up."""
        client = self._client
        if client.status != "running":
            return  # the workers notice by themselves
        with contextlib.suppress(Exception):
            client.cancel([future for future, _ in self._flying.values()])
            client.sync(
                client._unregister_worker_plugin,
                name=self._name,
                callback_timeout=_FAREWELL_SECONDS,
            )

    # -- out -----------------------------------------------------------------------------

    def _send(self, tasks: Iterator[Task]) -> None:
        """Send batches while there is room for more; at the end, what was lost, one by one."""
        while len(self._flying) < _FOR_EACH_THREAD * max(1, self._threads):
            batch = list(itertools.islice(tasks, self._batch_size()))
            if not batch:
                break
            self._submit(batch)
        if self._again and not self._flying:
            self._submit([self._again.popleft()])

    def _batch_size(self) -> int:
        """So many that a batch takes about a second, as far as is known by now."""
        if not self._graded:
            return 1
        mean = self._seconds / self._graded
        return int(min(max(1.0, _BATCH_SECONDS / max(mean, 1e-9)), _BATCH_MOST))

    def _submit(self, batch: list[Task]) -> None:
        from grader.grading.cluster.worker_plugin import grade_batch

        content = pack_batch([task.submission for task in batch])
        key = f"{self._name}-{next(self._numbers)}"
        future = self._client.submit(grade_batch, self._name, content, key=key, pure=False)
        self._flying[key] = future, batch
        future.add_done_callback(lambda done: self._done.put(done.key))

    # -- in ------------------------------------------------------------------------------

    def _receive(self) -> list[tuple[Hashable, Report]]:
        """Wait for a batch; return what has come of it, which may be that it is tried again."""
        key = self._next_done()
        future, batch = self._flying.pop(key)
        try:
            answer = unpack_answer(self._result(future))
        except CancelledError:
            raise Fault("the connection to the Dask scheduler was lost; run it again") from None
        except Exception as error:
            return self._lost(batch, error)
        if "reports" not in answer:
            self._raise(answer)
        reports: list[Report] = answer["reports"]
        self._graded += len(reports)
        self._seconds += sum(report.duration for report in reports)
        return [(task.key, report) for task, report in zip(batch, reports, strict=True)]

    def _next_done(self) -> str:
        while True:
            if time.monotonic() - self._looked > _LOOK_SECONDS:
                self._look()
            with contextlib.suppress(queue.Empty):
                return self._done.get(timeout=_LOOK_SECONDS)

    def _result(self, future: Future[bytes]) -> bytes:
        """Fetch what a worker has made; if that is gone with it, Dask has it made again."""
        while True:
            try:
                return future.result(timeout=_FETCH_SECONDS)
            except TimeoutError:
                self._look()

    def _look(self) -> None:
        """See how many threads there are; give up if there have been none for long.

        Raises:
            UsageError: A worker is reached without TLS, over a network that is not trusted.
            Fault: There is nobody to wait for.
        """
        try:
            threads = self._client.nthreads()
        except Exception:
            raise Fault("the connection to the Dask scheduler was lost; run it again") from None
        for worker in () if self._trust_network else threads:
            require_private(worker)
        self._threads = sum(threads.values())
        self._looked = time.monotonic()
        if self._threads:
            self._attended = self._looked
        elif self._looked - self._attended > _PATIENCE_SECONDS:
            raise Fault(
                f"the Dask cluster has had no worker for {_PATIENCE_SECONDS:g} s; start some, and"
                " run it again"
            )

    def _lost(self, batch: list[Task], error: Exception) -> list[tuple[Hashable, Report]]:
        """Keep a batch that was lost for later, or say that it is hopeless."""
        hopeless = []
        for task in batch:
            task.failures.append(_told(error))
            if len(task.failures) < self._attempts:
                self._again.append(task)
                continue
            report = fault_report(self._problem, task, seed=self._seed, only=self._only)
            hopeless.append((task.key, report))
        return hopeless

    def _raise(self, answer: dict[str, Any]) -> None:
        """Raise what has put an end to a worker's part, as it was raised there."""
        if "problem" in answer:
            path, line, what = answer["problem"]
            raise ProblemError(self._problem.library / Path(path), line, what)
        if "open" in answer:
            raise Unisolated(answer["open"], f"the Dask worker at {answer['machine']}")
        if "usage" in answer:
            raise UsageError(answer["usage"])
        raise Fault(answer["fault"])


def _told(error: Exception) -> str:
    """What Dask raised for a batch, in words."""
    from distributed import KilledWorker

    from grader.grading.cluster import dask_private

    if isinstance(error, KilledWorker):
        many = dask_private.deaths(error)
        who = f"{many} Dask workers in a row" if many > 1 else "the Dask worker that had it"
        return f"{who} died"
    return f"a Dask worker failed: {type(error).__name__}: {error}"
