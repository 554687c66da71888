"""Compares what a scenario observed with what is right, whatever kind of value that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.expect import CheckFailed, expect_close, fail
from grader.checks.plain_data import as_text
from grader.remote.answers import Pending
from grader.sandbox.codec import Opaque


def resolved(value: Any) -> Any:
    """A value, and what is in it, with promises kept.

    Raises:
        StudentError: As the operation behind one of them did.
    """
    if isinstance(value, Pending):
        return value.value
    if isinstance(value, tuple):
        return tuple(map(resolved, value))
    return value


def as_numpy(value: Any) -> Any:
    """A value with Python's numbers as NumPy's, which are the same here."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.asarray(value)[()]
    if isinstance(value, tuple | list):
        return tuple(map(as_numpy, value))
    return value


def taken_apart(value: Any, part: int | None, parts: int, what: str) -> Any:
    """An item of the tuple that a call has to return; the value itself where ``part`` is None."""
    if part is None:
        return value
    called = what.rpartition("[")[0]
    if not isinstance(value, tuple | list) or len(value) != parts:
        kind = _kind(value)
        fail(f"{called} returns {kind}; expected a tuple of {parts} values.", what=called)
    return value[part]


def expect_same(yours: Any, right: Any, what: str, **tolerance: Any) -> None:
    """Fail unless a value is the right one: of its kind, its shape, and near to it.

    Numbers may be Python's or NumPy's, or arrays without axes; a tuple may be a list.

    Args:
        what: The value, as source.
        tolerance: As of :func:`grader.checks.expect_close`.
    """
    if isinstance(right, tuple | list):
        if not isinstance(yours, tuple | list) or len(yours) != len(right):
            fail(f"{what} is {_kind(yours)}; expected {_kind(right)}.", what=what, yours=yours)
        for number, (own, wanted) in enumerate(zip(yours, right, strict=True)):
            expect_same(own, wanted, f"{what}[{number}]", **tolerance)
    elif isinstance(right, Mapping):
        if not isinstance(yours, Mapping) or set(yours) != set(right):
            keys = f"a dictionary with the keys {', '.join(map(repr, right))}"
            fail(f"{what} is {_kind(yours)}; expected {keys}.", what=what, yours=yours)
        for key, wanted in right.items():
            expect_same(yours[key], wanted, f"{what}[{key!r}]", **tolerance)
    elif isinstance(right, np.ndarray | np.generic | int | float) and not _is_truth(right):
        number = isinstance(yours, int | float) and not isinstance(yours, bool)
        try:
            expect_close(np.asarray(yours)[()] if number else yours, right, what=what, **tolerance)
        except CheckFailed as failed:
            failed.yours = yours  # the very value that the trace has
            raise
    elif _is_truth(right):
        if not _is_truth(yours) or bool(yours) is not bool(right):
            fail(f"{what} is {_kind(yours)}; expected {bool(right)}.", what=what, yours=yours)
    elif type(yours) is not type(right) or yours != right:
        shown = as_text(right)
        fail(f"{what} is {_kind(yours)}; expected {shown}.", what=what, yours=yours)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _kind(value: Any) -> str:
    """A value in words, for a message."""
    if isinstance(value, Opaque):
        return f"a value of type {value.type_name}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, Mapping):
        return f"a dictionary with the keys {', '.join(map(repr, value))}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a {type(value).__name__} of {len(value)} values"
    return as_text(value)
