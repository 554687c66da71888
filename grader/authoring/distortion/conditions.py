"""When a distorted reference is wrong; appended to a reference, and run in the worker.

Each function returns one that says of a call whether it is such a one. What the result is may not
be known yet when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.authoring.distortion.calls import Call


def always() -> Callable[[Call], bool]:
    """In every call."""
    return lambda call: True


def from_call(number: int) -> Callable[[Call], bool]:
    """From the n-th call of the method on an instance on."""
    return lambda call: call.number >= number


def one(size: str) -> Callable[[Call], bool]:
    """If a size is 1."""
    return lambda call: call.sizes().get(size) == 1


def square(size: str, other: str) -> Callable[[Call], bool]:
    """If two sizes are equal."""

    def holds(call: Call) -> bool:
        sizes = call.sizes()
        return size in sizes and sizes[size] == sizes.get(other)

    return holds


def beyond(size: str, limit: int) -> Callable[[Call], bool]:
    """If a size is larger than a limit."""
    return lambda call: call.sizes().get(size, 0) > limit


def seen_before(size: str) -> Callable[[Call], bool]:
    """If an earlier call of the method on the instance, and not the last one, had this size."""

    def holds(call: Call) -> bool:
        return call.sizes().get(size) in call.memory.get(("sizes", call.member, size), [])[:-1]

    return holds


def another(size: str) -> Callable[[Call], bool]:
    """If the last call of the method on the instance had another size."""

    def holds(call: Call) -> bool:
        earlier = call.memory.get(("sizes", call.member, size), [])
        return bool(earlier) and call.sizes().get(size) != earlier[-1]

    return holds


def large(place: str, limit: float) -> Callable[[Call], bool]:
    """If there is a number beyond a limit."""

    def holds(call: Call) -> bool:
        value = call.value(place)
        if value is None or not np.size(value):
            return False
        return bool(np.max(np.abs(np.asarray(value, float))) > limit)

    return holds


def small(place: str, limit: float) -> Callable[[Call], bool]:
    """If all numbers are below a limit, and not all are zero."""

    def holds(call: Call) -> bool:
        value = call.value(place)
        if value is None or not np.size(value):
            return False
        return bool(0 < np.max(np.abs(np.asarray(value, float))) < limit)

    return holds


def of_type(place: str, kinds: str) -> Callable[[Call], bool]:
    """If an array is of one of these types, in NumPy's letters."""
    return lambda call: isinstance(a := call.value(place), np.ndarray) and a.dtype.char in kinds


def fortran(place: str) -> Callable[[Call], bool]:
    """If an array is stored column by column."""

    def holds(call: Call) -> bool:
        flags: Any = getattr(call.value(place), "flags", None)
        return flags is not None and flags.f_contiguous and not flags.c_contiguous

    return holds


def strided(place: str) -> Callable[[Call], bool]:
    """If an array has gaps in memory."""

    def holds(call: Call) -> bool:
        flags: Any = getattr(call.value(place), "flags", None)
        return flags is not None and not flags.f_contiguous and not flags.c_contiguous

    return holds


def during(flag: str, value: bool) -> Callable[[Call], bool]:
    """While something is true, or false."""
    return lambda call: call.flags.get(flag) is value


def after(flag: str, value: bool) -> Callable[[Call], bool]:
    """If something is as usual now, and was otherwise in an earlier call on the instance."""

    def holds(call: Call) -> bool:
        seen = call.memory.get(("seen", flag), ())
        return value in seen and call.flags.get(flag, not value) is not value

    return holds


def again(member: str) -> Callable[[Call], bool]:
    """After a method has been called twice on the instance."""
    return lambda call: call.memory.get(("calls", member), 0) >= 2


def second_instance() -> Callable[[Call], bool]:
    """In each instance but the first."""
    return lambda call: call.memory["instance"] >= 2
