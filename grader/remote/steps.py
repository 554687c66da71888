"""What was asked of a student's code, step by step, and what came of it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.remote.exposures import Exposure
from grader.sandbox import codec
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.hidden_paths import nameless

Method = tuple[str, str]
"""What of the student's is run: how (a call, reading an attribute, ...), and its name."""

LEFT_OUT = "left out"
"""In place of an outcome: the operation was not done, because of the failure behind it."""

MAX_SHOWN = 2000
"""Characters of a value in a line of source; a value of the student's can be of any size."""


class StudentError(Exception):
    """The student's code raised.

    Attributes:
        type_name: The exception's class.
        message: Its text.
        frames: ``(line, function)`` of the student's file, outermost first.
        detail: More about syntax errors, missing modules and exits.
        step: What was being done.
    """

    def __init__(
        self,
        type_name: str,
        message: str,
        frames: Sequence[tuple[int, str]] = (),
        detail: Mapping[str, Any] | None = None,
        step: Step | None = None,
    ) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name = type_name
        self.message = message
        self.frames = tuple(frames)
        self.detail = dict(detail or {})
        self.step = step

    def is_a(self, kind: type[BaseException]) -> bool:
        """Whether it is one of Python's own exceptions, or derived from it."""
        own = getattr(builtins, str(self.detail.get("standard", self.type_name)), None)
        return isinstance(own, type) and issubclass(own, kind)

    @property
    def call(self) -> str:
        """What was being done, as source, e.g. ``layer.forward_pass(X)``."""
        return self.step.expression if self.step is not None else ""

    @property
    def line(self) -> int | None:
        """The innermost line of the student's file, if the exception passed through it."""
        return self.frames[-1][0] if self.frames else None


class Overrun(StudentError):
    """A call that ended its process, or had to be ended with it; what came before it is known.

    Attributes:
        failure: How it ended.
    """

    def __init__(self, failure: WorkerFailure, step: Step) -> None:
        super().__init__(failure.kind, failure.reason, step=step)
        self.failure = failure


class RemoteObject:
    """Something that lives in the worker."""

    __slots__ = ("_handle", "_variable")

    def __init__(self, handle: int, variable: str) -> None:
        self._handle = handle
        self._variable = variable


class Step(msgspec.Struct):
    """One operation, with the judge's own values as its arguments."""

    kind: str
    target: RemoteObject | None = None
    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = msgspec.field(default_factory=dict)
    result: Any = None

    def gave(self, value: Any, what: str) -> bool:
        """Whether the answer is ``value`` itself.

        There is only one None; who gave it is known by what was asked for, e.g. ``layer.step(X)``.
        """
        if value is not None:
            return self.result is value
        return self.kind == "call" and self.result is None and f".{self.name}(" in what

    def __str__(self) -> str:
        """The operation as a line of source, with large arrays left out."""
        made = self.kind == "make" and self.result is not None
        return f"{_brief(self.result)} = {self.expression}" if made else self.expression

    @property
    def expression(self) -> str:
        """The operation as an expression, with large arrays left out."""
        args = [_brief(arg) for arg in self.args]
        args += [f"{key}={_brief(value)}" for key, value in self.kwargs.items()]
        if self.kind == "make":
            return f"{self.name}({', '.join(args)})"
        if self.kind in ("seed", "draw"):
            return f"np.random.{self.name}({', '.join(args)})"
        if self.kind == "define":
            return f"{self.name.partition(chr(10))[0]} ..."
        target = _brief(self.target)
        if self.kind == "expose":
            return f"{args[0]} = {self.args[0].real!r}"
        if self.kind == "array":
            return f"{_brief(self.result)} = {args[0]}"
        if self.kind == "given":
            return f"from {self.args[0]} import {self.name}"
        if self.kind == "read":
            return target
        if self.kind == "set":
            return f"{target}.{self.name} = {args[0]}"
        if self.kind == "get":
            return f"{target}.{self.name}"
        called = f"{target}.{self.name}" if target else self.name
        if self.name == "__call__":
            called = target
        return f"{called}({', '.join(args)})"

    @property
    def method(self) -> Method | None:
        """What of the student's it runs, to be told from other things; None for what runs nothing.

        Reading and setting attributes is running something where they are properties.
        """
        if self.kind in ("make", "call"):
            return "call", self.name
        return (self.kind, self.name) if self.kind in ("get", "set", "define") else None

    @property
    def function(self) -> str:
        """Name of the function that a call runs: ``__init__`` where a class is called."""
        *_, last = self.name.split(".")
        return "__init__" if self.kind == "make" and last == self.name else last


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.size > 6 else repr(value.tolist())
    if isinstance(value, RemoteObject):
        return value._variable
    if isinstance(value, Exposure):
        return value.variable
    if isinstance(value, Pending):
        return "…"
    if isinstance(value, dict):
        text = f"{{{', '.join(f'{key!r}: {_brief(item)}' for key, item in value.items())}}}"
    else:
        text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


class Pending:
    """The answer of an operation that may not have been sent yet."""

    __slots__ = ("_cause", "_outcome", "operation", "read", "step")

    def __init__(self, operation: list[Any], step: Step) -> None:
        self._cause: Pending | None = None
        self._outcome: list[Any] | None = None
        self.operation = operation
        self.read: Callable[[Any], Any] | None = None
        self.step = step

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
