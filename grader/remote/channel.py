"""The way to a worker in which the student's file is loaded, and to another after it is lost."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec

from grader.remote.answers import LEFT_OUT, Pending, Program
from grader.remote.exposures import Exposures
from grader.remote.loadable import Description, Loadable, read_description
from grader.remote.steps import Housekeeping, Method, Step, StudentError
from grader.sandbox import codec
from grader.sandbox.allowance import Allowance, Spent
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits, Worker
from grader.sandbox.transcript import Exchange, Transcript

MAX_OVERRUNS = 3
"""So often may a method end its process, or run into a limit; from then on it is not called."""
MAX_STEPS = 200
"""Operations of a message that are tried one by one to find out which of them it was."""
MAX_NOTES = 20


class Message(msgspec.Struct):
    """What is sent to a worker at once.

    Attributes:
        left_out: Methods of which the calls in it are left out, and why.
    """

    asked: list[Pending]
    writer: codec.Writer
    left_out: dict[Method | None, WorkerFailure]


def _is_final(failure: WorkerFailure) -> bool:
    """Whether a failure is none of a call's: nothing more may be asked, or somebody killed it."""
    return isinstance(failure, Spent) or failure.lost


class Channel:
    """Sends programs to a worker and takes the answers.

    Attributes:
        description: What the file defines, as the worker said when it was loaded last.
        exposures: The judge's objects that the submission is given.
        notes: Harmless deviations met so far, in order of appearance.
        lost: How a worker was killed from outside, if one was.
        allowance: What the submission may cost in all. With one, a call that ends its process is
            left out of the program that it stands in, and costs what one that raises costs.
    """

    def __init__(self, workers: Workers, loadable: Loadable, limits: Limits) -> None:
        self._workers = workers
        self._limits = limits
        self._worker: Worker | None = None
        self.description = Description()
        self.present(loadable, None)

    def present(self, loadable: Loadable, allowance: Allowance | None) -> None:
        """Turn to another submission."""
        self.close()
        self.allowance = allowance
        self.exposures = Exposures(allowance)
        self.notes: dict[str, None] = {}
        self.lost: WorkerFailure | None = None
        self._loadable = loadable
        self._stopped: WorkerFailure | None = None
        self.description = Description()
        self._worker = None
        self._sent: list[Message] = []
        self._overruns: dict[Method, list[WorkerFailure]] = {}

    def load(self) -> None:
        """Start a worker and load the file.

        A worker that comes to its end by that is followed by another one, which leaves out the
        statement that was running, and whatever behind it defines nothing; so do all later ones.

        Raises:
            StudentError, WorkerFailure: It could not be loaded.
        """
        try:
            self._load()
        except WorkerFailure as failure:
            if self._stopped is not None or _is_final(failure):
                raise
            self._stopped = failure
            try:
                self._load()
            except StudentError:
                raise failure from None
            except WorkerFailure as another:
                raise another if _is_final(another) else failure from None

    def _load(self) -> None:
        self.close()
        self._worker = self._workers.spawn(self._limits)
        self._worker.callbacks = self.exposures
        writer = codec.Writer()
        operation = self._loadable.operation(writer, self._stopped)
        loading = Pending(operation, Housekeeping(self._loadable.name))
        (outcome,) = self._request(Message([loading], writer, {}))
        loading.resolve(outcome)
        self.description = read_description(loading.value, self._stopped)

    def begin(self) -> None:
        """Forget what was sent and exposed; have a worker."""
        if not self.alive:
            self.load()
        self.exposures.forget()
        self._sent.clear()

    @property
    def alive(self) -> bool:
        """Whether there is a worker that can be asked."""
        return self._worker is not None and self._worker.alive

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()

    # -- what comes besides answers ------------------------------------------------------

    @property
    def printed(self) -> str:
        """What has come out of the worker since :meth:`take_output`, in answers so far.

        It comes through a pipe, and is no worker's word.
        """
        return self._worker.printed if self._worker else ""

    def take_output(self) -> str:
        """What was printed since the last call."""
        return self._worker.take_output() if self._worker else ""

    def note(self, text: str) -> None:
        """Remember a harmless deviation for the report."""
        if len(self.notes) < MAX_NOTES:
            self.notes[text] = None

    # -- what others were asked ----------------------------------------------------------

    def rehearse(self, known: Sequence[Transcript]) -> Transcript | None:
        """Ask what others were asked; return the transcript with which all answers agree.

        If there is none, all goes on as if nothing had been asked.

        Raises:
            StudentError, WorkerFailure: It could not be loaded again.
        """
        worker = self._worker
        found = worker.rehearse(known, self.allowance) if worker is not None else None
        if found is None and self.printed:  # which belongs to the checks in which it is printed
            self.load()
            self.take_output()
        return found

    def record(self) -> None:
        """Record what the worker is asked from now on, and its answers."""
        if self._worker is not None:
            self._worker.record = []

    @property
    def recorded(self) -> list[Exchange] | None:
        """What was recorded, if it is all that was asked since :meth:`record`."""
        return None if self._worker is None or not self._worker.alive else self._worker.record

    # -- programs ------------------------------------------------------------------------

    def exchange(self, programs: list[Program]) -> None:
        """Send programs that share a writer as one message, and take the answers."""
        asked = [pending for program in programs for pending in program.pending]
        if not asked:
            return
        message = Message(asked, programs[0].writer, self._given_up())
        was_alive = self.alive
        try:
            answers = self._request(message)
        except WorkerFailure as failure:
            alone = len(programs) == 1
            if self.allowance is None or not (alone and was_alive) or _is_final(failure):
                raise
            answers = self._without_overruns(message, failure)
        if self.allowance is not None:
            self._sent.append(message)
        outcomes = iter(answers)
        for program in programs:
            program.resolve(itertools.islice(outcomes, len(program.pending)))

    def _request(self, message: Message, only: int | None = None) -> list[Any]:
        """Send a message, or one of its operations; return an outcome for each.

        Raises:
            WorkerFailure: It is counted for the method that ran into it, where that is known.
        """
        worker = self._worker
        if worker is None:
            raise RuntimeError("no worker")
        was_alive = worker.alive
        steps = [pending.step for pending in message.asked]
        failures = [message.left_out.get(step.method) for step in steps]
        done = [f is None and only in (None, n) for n, f in enumerate(failures)]
        operations = [
            pending.operation if is_done else ["skip", pending.operation]
            for pending, is_done in zip(message.asked, done, strict=True)
        ]
        try:
            outcomes = worker.request(operations, message.writer, allowance=self.allowance)
        except WorkerFailure as failure:
            self.lost = failure if failure.lost else self.lost
            failure.steps = steps
            if was_alive and self.allowance is not None:
                self._count(failure, list(itertools.compress(steps, done)))
            raise
        for name in worker.subclasses:
            self.note(f"An array is a {name}, where a plain NumPy array is expected.")
        worker.subclasses.clear()
        told = zip(outcomes, failures, strict=True)
        return [outcome if failure is None else [LEFT_OUT, failure] for outcome, failure in told]

    # -- what ends a process -------------------------------------------------------------

    def forgive_overruns(self) -> None:
        """Begin anew to count how often methods end their process."""
        self._overruns.clear()

    def _count(self, failure: WorkerFailure, steps: Sequence[Step]) -> None:
        """Count a failure for the method that ran into it, if that can be told."""
        methods = {step.method: step.function for step in steps if step.method is not None}
        if len(methods) > 1:
            methods = {m: name for m, name in methods.items() if name == failure.function}
        if methods and not _is_final(failure):
            failure.method = next(iter(methods))
            self._overruns.setdefault(failure.method, []).append(failure)

    def _given_up(self) -> dict[Method | None, WorkerFailure]:
        """The methods that are not called any more, and why."""
        often = MAX_OVERRUNS
        return {m: found[-1] for m, found in self._overruns.items() if len(found) >= often}

    def _without_overruns(self, message: Message, failure: WorkerFailure) -> list[Any]:
        """Do a message again in a fresh process, without the calls that end it.

        Raises:
            WorkerFailure: It cannot be told which these are, or done again.
        """
        first, left_out = failure, message.left_out
        while True:
            try:
                if failure.method is None:
                    return self._one_by_one(message)
                if failure.method in left_out:
                    break
                left_out[failure.method] = failure
                self._do_again()
                return self._request(message)
            except StudentError:  # it loaded once, and now it does not
                break
            except WorkerFailure as another:
                if _is_final(another):
                    raise
                if another.method is None:
                    break
                failure = another
        raise first

    def _one_by_one(self, message: Message) -> list[Any]:
        """Do the operations of a message each by itself: the one that ends the process is found."""
        self._do_again()
        if len(message.asked) > MAX_STEPS:
            raise WorkerFailure("timeout", "cannot be followed step by step")
        return [self._request(message, n)[n] for n in range(len(message.asked))]

    def _do_again(self) -> None:
        """Load the file again, and do what was done since :meth:`begin`."""
        self.load()
        self.exposures.restore()
        for message in self._sent:
            self._request(message)
