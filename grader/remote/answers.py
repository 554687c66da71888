"""Answers that may not have been given yet, and the programs of operations that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from grader.remote.steps import Overrun, Step, StudentError
from grader.sandbox import codec
from grader.sandbox.hidden_paths import nameless

LEFT_OUT = "left out"
"""In place of an outcome: the operation was not done, because of the failure behind it."""


class Pending:
    """The answer of an operation that may not have been sent yet."""

    __slots__ = ("_cause", "_outcome", "operation", "read", "step")

    def __init__(self, operation: list[Any], step: Step) -> None:
        self._cause: Pending | None = None
        self._outcome: list[Any] | None = None
        self.operation = operation
        self.read: Callable[[Any], Any] | None = None
        self.step = step

    def __repr__(self) -> str:
        return "…"

    def resolve(self, outcome: list[Any], cause: Pending | None = None) -> None:
        """Take the worker's answer.

        Args:
            outcome: As :mod:`grader.sandbox.worker.server` describes it.
            cause: The first operation of the program that has failed, if it came before this one.
        """
        if self.read is not None and outcome[0] == "ok":
            outcome = ["ok", self.read(outcome[1])]
        self._outcome, self._cause = outcome, cause
        if outcome[0] == "ok" and self.step.result is None:
            self.step.result = outcome[1]

    @property
    def resolved(self) -> bool:
        """Whether the answer has come."""
        return self._outcome is not None

    @property
    def error(self) -> StudentError | None:
        """What this operation raised in the student's code, if anything."""
        if self._outcome is None or self._outcome[0] == "ok":
            return None
        if self._outcome[0] == LEFT_OUT:
            return Overrun(self._outcome[1], self.step)
        _, name, message, frames, detail = self._outcome
        where = [(line, function) for line, function in frames]
        return StudentError(name, nameless(message), where, detail, self.step)

    @property
    def value(self) -> Any:
        """The answer.

        Raises:
            StudentError: The operation failed. If one before it failed as well, that one is
                raised: it is the cause that the student should see.
        """
        if self._outcome is None:
            raise RuntimeError("asked for the answer before the end of the program block")
        if self._outcome[0] != "ok" and (error := (self._cause or self).error):
            raise error
        return self._outcome[1]


class Program:
    """Operations that go to the worker in one message.

    Attributes:
        pending: The answer to each, in order.
        writer: Holds the values in the operations.
    """

    def __init__(self, writer: codec.Writer | None = None) -> None:
        self.pending: list[Pending] = []
        self.writer = writer or codec.Writer()

    def resolve(self, outcomes: Iterable[list[Any]]) -> None:
        """Take the worker's answers, one for each operation."""
        first = None
        for pending, outcome in zip(self.pending, outcomes, strict=True):
            pending.resolve(outcome, first)
            if first is None and outcome[0] != "ok":
                first = pending

    @property
    def first_error(self) -> StudentError | None:
        """The first failure, in order of operations."""
        return next((p.error for p in self.pending if p.error is not None), None)
