"""What was asked of a student's code, step by step, and what came of it."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np

from grader.remote.exposures import Exposure
from grader.sandbox.failures import WorkerFailure

Method = tuple[str, str]
"""What of the student's is run: how (a call, reading an attribute, ...), and its name."""

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


class Step(msgspec.Struct, eq=False, kw_only=True):
    """One operation, with the judge's own values as its arguments.

    Attributes:
        result: What came of it. A step is written down before its answer is there.
    """

    result: Any = None

    def __str__(self) -> str:
        """The operation as a line of source, with large arrays left out."""
        return self.expression

    @property
    def expression(self) -> str:
        """The operation as an expression, with large arrays left out."""
        return self._source()

    def _source(self) -> str:
        raise NotImplementedError

    @property
    def args(self) -> tuple[Any, ...]:
        """The values that it hands over, by position."""
        return ()

    @property
    def method(self) -> Method | None:
        """What of the student's it runs, to be told from other things; None for what runs nothing.

        Reading and setting attributes is running something where they are properties.
        """
        return None

    @property
    def function(self) -> str:
        """Name of the function that it runs, or of the attribute that it is about."""
        return ""

    def gave(self, value: Any, what: str) -> bool:
        """Whether the answer is ``value`` itself, where a check looks at ``what``."""
        return value is not None and self.result is value


class Named(Step):
    """Something is done with what has this name in an object, or in the student's module."""

    target: RemoteObject | None
    name: str
    how: ClassVar[str]

    @property
    def method(self) -> Method:
        """How it is run, and its name."""
        return self.how, self.name

    @property
    def function(self) -> str:
        """The name, of a class method without the class."""
        return self.name.rpartition(".")[2]


class Invocation(Named):
    """Something is called."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = msgspec.field(default_factory=dict)
    how = "call"

    @property
    def _listed(self) -> str:
        named = [f"{key}={_brief(value)}" for key, value in self.kwargs.items()]
        return ", ".join([*map(_brief, self.args), *named])


class Make(Invocation):
    """An instance is made, by calling a class or what else makes one."""

    def __str__(self) -> str:
        return f"{_brief(self.result)} = {self.expression}"

    def _source(self) -> str:
        return f"{self.name}({self._listed})"

    @property
    def function(self) -> str:
        """The class method that makes it; ``__init__`` where a class is called."""
        return super().function if "." in self.name else "__init__"

    def gave(self, value: Any, what: str) -> bool:
        """No: a new object is no answer."""
        return False


class Call(Invocation):
    """A method or a function is called."""

    def _source(self) -> str:
        target = _brief(self.target)
        called = f"{target}.{self.name}" if target else self.name
        return f"{target if self.name == '__call__' else called}({self._listed})"

    def gave(self, value: Any, what: str) -> bool:
        """Whether it returned ``value`` itself, or a tuple with it.

        There is only one None; who gave it is known by what was asked for, e.g. ``layer.step(X)``.
        """
        if value is not None:
            items = self.result if isinstance(self.result, tuple | list) else ()
            return self.result is value or any(item is value for item in items)
        return self.result is None and re.search(rf"\b{self.name}\(", what) is not None


class GetAttribute(Named):
    """An attribute is read."""

    how = "get"

    def _source(self) -> str:
        return f"{_brief(self.target)}.{self.name}"


class SetAttribute(Named):
    """An attribute is given a value."""

    value: Any
    how = "set"

    @property
    def args(self) -> tuple[Any, ...]:
        """The value."""
        return (self.value,)

    def _source(self) -> str:
        return f"{_brief(self.target)}.{self.name} = {_brief(self.value)}"


class ReadValue(Step):
    """What an array in the worker is by now, or which arrays are in an object."""

    target: RemoteObject | None = None

    def _source(self) -> str:
        return _brief(self.target)


class Define(Step):
    """The judge's own classes and functions are defined; the result is where they are."""

    source: str

    def _source(self) -> str:
        return f"{self.function} ..."

    @property
    def method(self) -> Method:
        """All of the source stands for what is run."""
        return "define", self.source

    @property
    def function(self) -> str:
        """The first line, as which no function of the student's is called."""
        return self.source.partition("\n")[0]


class NewArray(Step):
    """An array is made in the worker, laid out in memory as ``layout`` says."""

    values: Any
    layout: str

    def _source(self) -> str:
        return f"{_brief(self.result)} = {_brief(self.values)}"

    @property
    def args(self) -> tuple[Any, ...]:
        """The values in it."""
        return (self.values,)


class Expose(Step):
    """An object of the judge is made ready to be handed over."""

    exposure: Exposure

    def _source(self) -> str:
        return f"{_brief(self.exposure)} = {self.exposure.real!r}"


class Import(Step):
    """A function that students are given is imported, to be handed over or called."""

    module: str
    name: str

    def _source(self) -> str:
        return f"from {self.module} import {self.name}"


class Seed(Step):
    """NumPy's global generator is seeded."""

    number: int

    def _source(self) -> str:
        return f"np.random.seed({self.number})"


class Draw(Step):
    """Numbers are drawn from NumPy's global generator."""

    count: int

    def _source(self) -> str:
        return f"np.random.random_sample({self.count})"


class Housekeeping(Step):
    """What is in no trace: a file is loaded, objects are forgotten, leftovers are looked for."""

    name: str = ""

    def _source(self) -> str:
        return f"{self.name}()"


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.size > 6 else repr(value.tolist())
    if isinstance(value, RemoteObject):
        return value._variable
    if isinstance(value, Exposure):
        return value.variable
    if isinstance(value, dict):
        text = f"{{{', '.join(f'{key!r}: {_brief(item)}' for key, item in value.items())}}}"
    elif type(value) in (list, tuple):
        listed = ", ".join(map(_brief, value))
        text = f"[{listed}]" if type(value) is list else f"({listed}{',' * (len(value) == 1)})"
    else:
        text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
