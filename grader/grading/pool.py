"""Several judges side by side, each a process of its own with its own zygote.

A judge is asked for one submission at a time, and gets the next one before its report is handed
on, so that it works while the caller does. One that dies, hangs or fails costs nobody anything:
its submission goes to a fresh judge, the others never notice.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from typing import Any, NoReturn

from grader.errors import Fault, ProblemError, Unisolated, UsageError
from grader.grading.engine import CHANGED, Graded, Items, Task, fault_report
from grader.grading.judge_process import submission_as_data
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.report_json import report_from_data
from grader.sandbox import python_command
from grader.sandbox.launch import ONE_THREAD

_READ_SIZE = 1 << 20
_SEND_SECONDS = 10.0  # judges always read; one that does not is stopped or stuck
_START_SECONDS = 60.0


def grade_stream(
    problem: Problem,
    items: Items,
    *,
    jobs: int,
    seed: int | None = None,
    only: str | None = None,
    attempts: int = 3,
    isolated: bool = False,
    brief: bool = False,
) -> Graded:
    """Grade submissions with several judges of this machine, as :class:`.engine.Engine` says.

    Args:
        problem, items, seed, isolated: As there.
        jobs: How many judges, at least one. Each is started when there is work for it.
        only: As in ``grade_all``.
        attempts: How many judges may fail on one submission.
        brief: As in ``grade_all``.

    Raises:
        ProblemError, Fault: As there.
        UsageError: There is no group ``only``.
    """
    with Judges(
        problem, jobs, seed=seed, only=only, attempts=attempts, isolated=isolated, brief=brief
    ) as judges:
        yield from judges.grade(items, jobs)


class Judges:
    """Judges that stay warm from one stream of submissions to the next. A context manager.

    Streams may be graded in several threads, as long as there are judges for all of them.

    Args:
        problem, seed, only, attempts, isolated, brief: As in :func:`grade_stream`.
        count: How many there are. Each is started when there is work for it.
        processors: What they share; by default, all that this process may use.
        idle_seconds: One that has waited for so long for work ends, and is started again by more.
    """

    def __init__(
        self,
        problem: Problem,
        count: int,
        *,
        seed: int | None = None,
        only: str | None = None,
        attempts: int = 3,
        isolated: bool = False,
        brief: bool = False,
        processors: Sequence[int] = (),
        idle_seconds: float | None = None,
    ) -> None:
        self._problem = problem
        self._seed = seed
        self._only = only
        self._attempts = attempts
        self._digest = problem.digest  # as it is now: a judge that starts later must find the same
        setup = {
            "library": str(problem.library),
            "slug": problem.slug,
            "seed": seed,
            "only": only,
            "isolated": isolated,
            "brief": brief,
            "idle_seconds": idle_seconds,
        }
        patience = _START_SECONDS + 5 * problem.settings.limits.submission_seconds
        shares = _shares(count, processors)
        self._all = [_Judge({**setup, "processors": share}, patience) for share in shares]
        self._free = self._all[:]

    def __enter__(self) -> Judges:
        return self

    def __exit__(self, *exception: object) -> None:
        for judge in self._all:
            judge.end()

    def stop(self) -> None:
        """Have all streams in other threads end with a Fault, soon; then leave the context."""
        for judge in self._all:
            judge.retire()

    def grade(self, items: Items, jobs: int) -> Graded:
        """Grade a stream with ``jobs`` of the judges. Yields and raises as :func:`grade_stream`."""
        tasks = (Task(key, submission) for key, submission in items)
        judges = [self._free.pop(0) for _ in range(jobs)]
        try:
            for judge in judges:
                judge.take(next(tasks, None))
            while busy := [judge for judge in judges if judge.task]:
                for judge in _answering(busy):
                    task = judge.task
                    assert task is not None
                    report = self._report(judge, task)
                    if report is not None:
                        judge.take(next(tasks, None))
                        yield task.key, report
        finally:
            for judge in judges:
                if judge.task is not None:
                    judge.end()
            self._free += judges

    def _report(self, judge: _Judge, task: Task) -> Report | None:
        """What came of a task of which there is news; None if it is still being graded."""
        try:
            report = judge.report()
        except _Lost as lost:
            judge.end()
            task.failures.append(f"the judge {lost}")
            if len(task.failures) < self._attempts:
                judge.take(task)
                return None
            return fault_report(self._problem, task, seed=self._seed, only=self._only)
        if report is not None and report.problem_digest != self._digest:
            raise ProblemError(self._problem.folder, None, CHANGED)
        return report


class _Lost(Exception):
    """A judge is gone, or about to go; ``str()`` says how, behind "the judge"."""


class _Judge:
    """One judge's process, from the coordinator's side: :mod:`grader.grading.judge_process`.

    Attributes:
        task: What it is working on.
        channel: Where its answers come from; None while there is no process.
    """

    def __init__(self, setup: dict[str, Any], patience: float) -> None:
        self.task: Task | None = None
        self.channel: socket.socket | None = None
        self._setup = setup
        self._patience = patience
        self._deadline = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._answer = bytearray()
        self._overran = False
        self._retired = False
        _judges.add(self)

    def take(self, task: Task | None) -> None:
        """Begin with a task, in a new process where there is none; None: there is no more work.

        Raises:
            Fault: The process could not be started, or was not to be.
        """
        self.task = task
        if task is None:
            return
        if self.channel is None:
            self._start()
        assert self.channel is not None
        if self._retired:
            raise Fault("grading was stopped")
        self._deadline = time.monotonic() + self._patience
        # A judge that has died is noticed where its answer is read.
        with contextlib.suppress(OSError):
            self.channel.sendall(json.dumps(submission_as_data(task.submission)).encode() + b"\n")

    def patience_left(self) -> float:
        """Seconds until it counts as stuck."""
        return max(0.0, self._deadline - time.monotonic())

    def give_up(self) -> None:
        """Kill a judge that is stuck; :meth:`report` will say so."""
        assert self._process is not None
        self._overran = True
        self._process.kill()

    def retire(self) -> None:
        """Kill the process, and start none again. The one method for other threads."""
        self._retired = True  # first: whoever starts one now looks at this afterwards
        process = self._process
        if process is not None:
            process.kill()

    def report(self) -> Report | None:
        """Read what has come, which must be something; return the report once it is complete.

        Raises:
            _Lost: It died, overran or failed.
            ProblemError, UsageError: It could not work with what it was given.
        """
        assert self.channel is not None
        try:
            data = self.channel.recv(_READ_SIZE)
        except ConnectionResetError:  # it has ended before it has read what it was sent
            data = b""
        except OSError as error:
            raise _Lost(f"could not be read from ({error.strerror})") from None
        self._answer += data
        if not data:
            raise _Lost(self._exit())
        if not self._answer.endswith(b"\n"):
            return None
        message = json.loads(self._answer)
        self._answer.clear()
        if "report" not in message:
            _raise(message["ended"])
        return report_from_data(message["report"])

    def end(self) -> None:
        """Kill the process; there is nothing in it to be lost."""
        if self.channel is not None:
            self.channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.channel = self._process = None
        self._answer.clear()
        self._overran = False

    def forget(self) -> None:
        """Let go of a process that is the parent's: this one has been forked."""
        if self.channel is not None:
            self.channel.close()  # else it would not notice when the parent ends
        if self._process is not None:
            self._process.returncode = 0  # so that nobody here waits for it
        self.task = self.channel = self._process = None
        self._answer.clear()

    def _start(self) -> None:
        posix = sys.platform != "win32"
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    python_command.command("from grader.grading.judge_process import main; main()"),
                    env={**os.environ, **ONE_THREAD},
                    cwd=python_command.NEUTRAL_FOLDER,
                    pass_fds=[theirs.fileno()] if posix else [],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=None if "GRADER_DEBUG" in os.environ else subprocess.DEVNULL,
                )
            except OSError as error:
                ours.close()
                raise Fault(f"no judge could be started: {error}") from error
            if posix:
                channel: dict[str, Any] = {"channel": theirs.fileno()}
            else:  # pragma: no cover (Windows)
                channel = {"share": theirs.share(self._process.pid).hex()}  # type: ignore[attr-defined]
            assert self._process.stdin
            with contextlib.suppress(OSError), self._process.stdin as stdin:
                stdin.write(json.dumps({**self._setup, **channel}).encode() + b"\n")
        self.channel = ours
        ours.settimeout(_SEND_SECONDS)

    def _exit(self) -> str:
        """How it went, to be read behind "the judge"."""
        assert self._process is not None
        if self._overran:
            return f"did not answer within {self._patience:g} s"
        try:
            status = self._process.wait(_SEND_SECONDS)
        except subprocess.TimeoutExpired:
            return "closed its channel"
        if status >= 0:
            return f"ended with exit code {status}"
        known = -status in list(signal.Signals)
        return f"was ended by {signal.Signals(-status).name if known else f'signal {-status}'}"


_judges: weakref.WeakSet[_Judge] = weakref.WeakSet()


def _forget_all() -> None:
    for judge in list(_judges):
        judge.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def _answering(busy: Sequence[_Judge]) -> list[_Judge]:
    """Wait for answers; a judge that has been silent for too long is killed, which is one."""
    by_channel = {judge.channel: judge for judge in busy}
    while True:
        patience = min(judge.patience_left() for judge in busy)
        ready = wait([channel for channel in by_channel if channel], patience)
        if ready:
            return [judge for channel, judge in by_channel.items() if channel in ready]
        for judge in busy:
            if not judge.patience_left():
                judge.give_up()


def _raise(ended: Mapping[str, Any]) -> NoReturn:
    """Raise what has put an end to a judge, as it was raised there."""
    if "problem" in ended:
        raise ProblemError(*ended["problem"])
    if "open" in ended:
        raise Unisolated(ended["open"])
    if "usage" in ended:
        raise UsageError(ended["usage"])
    raise _Lost(f"stopped: {ended['fault']}")


def _shares(jobs: int, processors: Sequence[int] = ()) -> list[list[int]]:
    """The processors that each judge may choose its own from, the same for none if possible.

    A judge keeps to one processor (:func:`grader.sandbox.launch.one_processor`), the one that it
    finds itself on; two that start at the same time may find themselves on the same.
    """
    if not hasattr(os, "sched_getaffinity"):
        return [[] for _ in range(jobs)]
    allowed = sorted(processors or os.sched_getaffinity(0))
    return [allowed[number::jobs] or [allowed[number % len(allowed)]] for number in range(jobs)]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
