"""The judge's objects in the student's hands, and the calls that come back from there."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import numpy as np

from grader.remote.steps import Exposure, ExposureCall
from grader.sandbox import codec
from grader.sandbox.allowance import Allowance, numbers_in, size_together

MAX_COPIES = 1000


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
