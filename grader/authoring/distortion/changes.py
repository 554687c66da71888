"""What a distorted reference does wrong; appended to a reference, and run in the worker.

Most functions return one that is given a right value and the call, and returns the wrong value, or
None if there is nothing to change. Those of the last part return one that is called when the
method is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.authoring.distortion.calls import Call, arrays_in, tell

Array = np.ndarray[Any, Any]


def sign() -> Callable[[Array, Call], Any]:
    """The sign turned round."""
    return lambda value, call: -value


def zero() -> Callable[[Array, Call], Any]:
    """Zeros."""
    return lambda value, call: np.zeros_like(value)


def twice() -> Callable[[Array, Call], Any]:
    """Twice as much."""
    return lambda value, call: value + value


def transposed() -> Callable[[Array, Call], Any]:
    """Rows for columns."""
    return lambda value, call: value.T.copy() if value.ndim > 1 else None


def times(name: str) -> Callable[[Array, Call], Any]:
    """Multiplied by a number that is there."""
    return lambda value, call: value * f if (f := call.factor(name)) is not None else None


def over(name: str) -> Callable[[Array, Call], Any]:
    """Divided by a number that is there, and is not zero."""
    return lambda value, call: value / f if (f := call.factor(name)) else None


def last_row_lost() -> Callable[[Array, Call], Any]:
    """The last row is zero."""
    return lambda value, call: np.concatenate([value[:-1], 0 * value[-1:]])


def last_column_lost() -> Callable[[Array, Call], Any]:
    """The last column is zero."""

    def change(value: Array, call: Call) -> Array:
        value = value.copy()
        value[..., -1:] = 0
        return value

    return change


def clipped(limit: float) -> Callable[[Array, Call], Any]:
    """Nothing is larger than a limit."""
    return lambda value, call: np.clip(value, -limit, limit)


def rounded(digits: int) -> Callable[[Array, Call], Any]:
    """Rounded to some decimals."""
    return lambda value, call: np.round(value, digits)


def cast(name: str) -> Callable[[Array, Call], Any]:
    """Of the type that an argument has."""
    return lambda value, call: value.astype(getattr(call.value(name), "dtype", value.dtype))


def previous(place: str) -> Callable[[Array, Call], Any]:
    """What was right in the last call."""
    return lambda value, call: call.memory.get(("answer", call.member, place))


def same_buffer() -> Callable[[Array, Call], Any]:
    """An array of the instance's that the next call writes into."""

    def change(value: Array, call: Call) -> Array:
        key = ("buffer", call.member, value.shape, value.dtype)
        if key in call.memory:
            tell("changed")
        buffer: Array = call.memory.setdefault(key, np.empty_like(value))
        buffer[...] = value
        return buffer

    return change


def shared() -> Callable[[Array, Call], Any]:
    """An array that all instances write into."""

    def change(value: Array, call: Call) -> Array:
        common = call.memory.get("common", call.memory)
        key = ("buffer", call.member, value.shape, value.dtype)
        if key in common:
            tell("changed")
        buffer: Array = common.setdefault(key, np.empty_like(value))
        buffer[...] = value
        return buffer

    return change


def inside() -> Callable[[Array, Call], Any]:
    """An array that the instance works with later: who changes it, changes the next result."""

    def change(value: Array, call: Call) -> Array:
        held, was = call.memory.get(("inside", call.member, value.shape), (0, 0))
        value = value + (held - was)
        call.memory["inside", call.member, value.shape] = value, value.copy()
        return value

    return change


def kept(place: str) -> Callable[[Array, Call], Any]:
    """What was there before the call."""
    return lambda value, call: call.before.get(place)


# -- what is left behind -------------------------------------------------------------------


def argument_changed(name: str) -> Callable[[Call], Any]:
    """An argument is another one afterwards."""

    def do(call: Call) -> None:
        value = call.arguments.get(name)
        if isinstance(value, np.ndarray) and value.flags.writeable:
            value *= -1
        elif isinstance(value, dict) and value:
            value.popitem()

    return do


def generator_seeded() -> Callable[[Call], Any]:
    """The global generator is seeded."""
    return lambda call: np.random.seed(0)


def generator_drawn() -> Callable[[Call], Any]:
    """A number is drawn from the global generator."""
    return lambda call: np.random.random()


def generator_put_back() -> Callable[[Call], Any]:
    """The global generator is as it was before the call."""
    return lambda call: np.random.set_state(call.generator)


def errors_ignored() -> Callable[[Call], Any]:
    """NumPy's error state is another one."""
    return lambda call: np.seterr(all="ignore")


def done_twice() -> Callable[[Call], Any]:
    """Everything is done a second time; True if that makes no difference to the instance."""

    def do(call: Call) -> Any:
        right = [value.copy() for _, value in arrays_in(call.instance)]
        call.run()
        after = [value for _, value in arrays_in(call.instance)]
        return all(np.array_equal(a, b) for a, b in zip(right, after, strict=False))

    return do
