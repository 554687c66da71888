"""The judge's objects in the student's hands, and the calls that come back from there."""

from __future__ import annotations

import inspect
import linecache
import textwrap
from functools import cache
from typing import Any

import msgspec
import numpy as np

from grader.sandbox import codec
from grader.sandbox.allowance import Allowance, numbers_in, size_together

MAX_COPIES = 1000


class ExposureCall(msgspec.Struct):
    """One call that the student's code made to an exposed object.

    Attributes:
        number: Which object: the exposed one or one of its copies.
        values: The arguments, positional first.
    """

    number: int
    method: str
    values: list[Any]
    result: Any = None


class Exposure:
    """An object of the judge in the student's hands, and what was done with it.

    Attributes:
        real: The object itself, whose methods run in the judge.
        number: The judge's number for it; copies have other numbers.
        local: Whether the worker answers with an object of its own, made from the class's source.
        calls: Every call to it or to a copy of it, in order.
    """

    def __init__(
        self, real: Any, number: int, methods: tuple[str, ...], local: bool = False
    ) -> None:
        self.real = real
        self.number = number
        self.methods = methods
        self.local = local
        self.calls: list[ExposureCall] = []

    @property
    def variable(self) -> str:
        """What it is called where source is shown."""
        return "optimizer" if "update" in self.methods else type(self.real).__name__.lower()

    def on_wire(self) -> codec.Exposed:
        """What the worker is told about the object."""
        kind: type = type(self.real)
        attributes = vars(self.real)
        if self.local:
            source = "\n".join(sources_of(kind).values())
        else:
            source = ""
            attributes = {
                name: value
                for name, value in attributes.items()
                if type(value) in codec.PLAIN and not name.startswith("_")
            }
        return codec.Exposed(self.number, kind.__name__, self.methods, dict(attributes), source)


@cache
def sources_of(kind: type) -> dict[str, str]:
    """The source of a class and of those it is derived from, by name, the base first."""
    return {owner.__name__: _source_of(owner) for owner in reversed(kind.__mro__[:-1])}


def _source_of(kind: type) -> str:
    """The source of a class. Before Python 3.13, inspect parses the whole file to find it.

    That takes longer than many checks do, so the usual class is found by its first line.
    """
    lines = linecache.getlines(inspect.getsourcefile(kind) or "")
    name = kind.__qualname__
    starts = [
        n for n, line in enumerate(lines) if line.startswith((f"class {name}:", f"class {name}("))
    ]
    if len(starts) == 1:
        (first,) = starts
        while first and lines[first - 1].startswith("@"):
            first -= 1
        if first == 0 or not lines[first - 1].strip():
            return "".join(inspect.getblock(lines[first:]))
    return textwrap.dedent(inspect.getsource(kind))


class Exposures:
    """All that one submission is given; answers what its code calls.

    What it costs to answer is taken from ``allowance``.
    """

    def __init__(self, allowance: Allowance | None) -> None:
        self._allowance = allowance
        self._last_number = 0
        self._exposed: dict[int, tuple[Exposure, Any]] = {}
        self._as_exposed: dict[int, Any] = {}

    def add(self, real: Any, methods: tuple[str, ...], local: bool) -> Exposure:
        """Be ready for calls of ``methods``."""
        if local and not all(type(value) in codec.PLAIN for value in vars(real).values()):
            raise ValueError(f"{real!r} has attributes that a worker cannot be given")
        self._last_number += 1
        exposure = Exposure(real, self._last_number, methods, local)
        self._exposed[exposure.number] = (exposure, real)
        self._as_exposed[exposure.number] = codec.twin_of(real)
        return exposure

    def forget(self) -> None:
        """Answer no more for what there is; numbers go on, so that it is known as from before."""
        self._exposed.clear()
        self._as_exposed.clear()

    def restore(self) -> None:
        """Have every object as it was when it was added, and no copies of it."""
        for number, (exposure, real) in list(self._exposed.items()):
            if number < 0:
                del self._exposed[number]  # a copy, which will be made again
            else:
                exposure.calls.clear()
                vars(real).clear()
                vars(real).update(vars(codec.twin_of(self._as_exposed[number])))

    def copied(self, original: int, copy_number: int) -> None:
        """The student's code copied an exposed object."""
        if len(self._exposed) > MAX_COPIES:
            raise codec.ProtocolError("too many copies")
        if original in self._exposed:
            exposure, real = self._exposed[original]
            if self._allowance is not None:
                self._allowance.call()
                self._allowance.compute(numbers_in(vars(real)))
            self._exposed[copy_number] = (exposure, codec.twin_of(real))

    def called(self, number: int, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The student's code called a method of an exposed object."""
        if number not in self._exposed:
            raise ValueError(codec.FROM_BEFORE)
        exposure, real = self._exposed[number]
        if method == codec.SET:
            return _set(real, *args)
        if method not in exposure.methods:
            raise codec.ProtocolError("call of an unknown method")
        if self._allowance is not None:
            self._allowance.call()
        function = getattr(real, method)
        call = ExposureCall(number, method, _in_order(function, args, kwargs))
        exposure.calls.append(call)
        name = f"{type(real).__name__}.{method}"
        try:
            size = size_together(function, call.values)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if self._allowance is not None:
            self._allowance.compute(size)
        try:
            with np.errstate(all="ignore"):  # what overflows is for the checks to see
                call.result = function(*args, **kwargs)
        except Exception as error:  # what it was given was unfit: that is for the student to see
            raise ValueError(f"{name}: {error}") from error
        return call.result


def _set(real: Any, name: Any = None, value: Any = None, *_: Any) -> None:
    """Set an attribute of a judge-side object that it has, to a plain value."""
    value = value.item() if isinstance(value, np.generic) else value
    if name not in vars(real) or type(value) not in codec.PLAIN:
        raise ValueError(f"{type(real).__name__} has no such setting")
    setattr(real, name, value)


def _in_order(function: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments in the order of the parameters, however they were passed."""
    if not kwargs:
        return args
    try:
        bound = _signature(function.__func__).bind(function.__self__, *args, **kwargs)
        return list(bound.arguments.values())[1:]
    except (AttributeError, TypeError):
        return [*args, *kwargs.values()]


_signature = cache(inspect.signature)
