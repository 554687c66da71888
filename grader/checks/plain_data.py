"""Values as the plain data of evidence: numbers, arrays, and whatever else code may give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from grader.model.evidence import Described
from grader.sandbox.codec import Opaque

MAX_TEXT = 400
"""Characters of another value that evidence holds."""

MAX_VALUES = 400
"""Elements of an array that evidence holds; larger arrays are described by their corner."""


def number(value: Any) -> Any:
    """A number as JSON can hold it: NaN and infinities as text."""
    if isinstance(value, complex | np.complexfloating):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    value = float(value)
    return value if math.isfinite(value) else str(value)


def describe(value: Any) -> Described:
    """A value as plain data for evidence: shape, dtype and values, or its text."""
    if isinstance(value, Opaque):
        return {
            "type": value.type_name,
            "text": value.why or f"an object of type {value.type_name}",
        }
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        shown = array
        if array.size > MAX_VALUES:
            edge = max(1, int(MAX_VALUES ** (1 / array.ndim)))
            shown = array[tuple(slice(0, edge) for _ in array.shape)]
        described: Described = {"shape": list(array.shape), "dtype": str(array.dtype)}
        described["values"] = _nested(shown)
        if shown is not array:
            described["corner"] = True
        return described
    text = as_text(value)
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 3] + "..."
    return {"type": type(value).__name__, "text": text}


def as_text(value: Any) -> str:
    """A value as text, with arrays inside of it left out: NumPy may take minutes to print one.

    Of what is long, at least the first MAX_TEXT characters are right; who shows it cuts it.
    """
    return repr(_without_arrays(value, [MAX_TEXT]))


class _Bare(str):
    """Shown without quotes."""

    def __repr__(self) -> str:
        return str(self)


def _without_arrays(value: Any, room: list[int]) -> Any:
    """A value with arrays left out, and all that is behind so many items as ``room`` says."""
    if isinstance(value, np.ndarray):
        return _Bare(f"an array of shape {value.shape}")
    if isinstance(value, Opaque):
        return _Bare(f"<{value.type_name}: {value.why}>" if value.why else f"<{value.type_name}>")
    if isinstance(value, str):
        return value[: 2 * MAX_TEXT]
    if isinstance(value, list):
        return [_without_arrays(item, room) for item in _first(value, room)]
    if isinstance(value, tuple):
        return tuple(_without_arrays(item, room) for item in _first(value, room))
    if isinstance(value, dict):
        return {
            _without_arrays(key, room): _without_arrays(value[key], room)
            for key in _first(value, room)
        }
    return value


def _first(values: Iterable[Any], room: list[int]) -> Iterator[Any]:
    """The first of the items of a list, or of all lists around it together."""
    for value in values:
        if room[0] <= 0:
            return
        room[0] -= 1
        yield value


def _nested(array: np.ndarray[Any, Any]) -> Any:
    return number(array[()]) if array.ndim == 0 else [_nested(row) for row in array]
