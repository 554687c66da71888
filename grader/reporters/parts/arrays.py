"""The arrays in evidence as cells: which part is shown, which are wrong, by how much.

Evidence holds described values: ``shape``, ``dtype`` and nested ``values``, of a large array its
first corner, with NaN and infinities as text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grader.model.evidence import PARTS, Described, Evidence

Index = tuple[int, ...]

DIGITS = 6
"""Significant digits of a number in a table, where these are enough."""


class Plane(msgspec.Struct, frozen=True):
    """The part of an array that fits on a page, around an element of interest.

    Attributes:
        lead: Where in the leading dimensions it is, of an array with more than two.
        top, left: Indices of the first row and column shown.
        rows: The cells, each with its index in the array; one row for a vector.
        height, width: Rows and columns of the whole plane.
    """

    lead: Index
    top: int
    left: int
    rows: list[list[tuple[Index, Any]]]
    height: int
    width: int


def plane(
    described: Described, around: Sequence[int], max_rows: int, max_columns: int
) -> Plane | None:
    """Choose what to show of a described array; None if it has no elements.

    Args:
        around: The index of an element that should be seen, if it is among the values.
    """
    shape, values = described.get("shape") or [], described["values"]
    lead: Index = ()
    while len(shape) - len(lead) > 2:
        at = around[len(lead)] if len(around) == len(shape) else 0
        if not values:
            return None
        lead += (min(at, len(values) - 1),)
        values = values[lead[-1]]
    if len(shape) < 2:
        values = [values if shape else [values]]
    if not values or not values[0]:
        return None
    row, column = 0, 0
    if len(around) == len(shape):
        row = around[-2] if len(shape) > 1 else 0
        column = around[-1] if shape else 0
    top = max(0, min(row, len(values) - 1) - max_rows + 2)
    left = max(0, min(column, len(values[0]) - 1) - max_columns + 2)
    rows = [
        [
            (_index(shape, lead, i, j), values[i][j])
            for j in range(left, min(len(values[0]), left + max_columns))
        ]
        for i in range(top, min(len(values), top + max_rows))
    ]
    height = shape[-2] if len(shape) > 1 else 1
    return Plane(lead, top, left, rows, height, shape[-1] if shape else 1)


def _index(shape: Sequence[int], lead: Index, row: int, column: int) -> Index:
    return ((*lead, row, column) if len(shape) > 1 else (column,)) if shape else ()


class Compared(msgspec.Struct, frozen=True):
    """Two described arrays, element by element.

    Attributes:
        allowed: The error that an element may have.
        errors: ``yours - expected`` by the index in ``expected``; None where that is no number.
        wrong_expected, wrong_yours: Indices of elements that differ by more than is allowed, in
            each: a shape that is accepted as well gives other indices.
        digits: How many are needed to tell what is wrong from what was expected.
    """

    allowed: float
    errors: Mapping[Index, float | None]
    wrong_expected: frozenset[Index]
    wrong_yours: frozenset[Index]
    digits: int


def compare(evidence: Evidence) -> Compared | None:
    """Compare what was expected with what came; None where this cannot be done by elements."""
    expected, yours = evidence.get("expected") or {}, evidence.get("yours") or {}
    tolerance = evidence.get("tolerance")
    if not tolerance or "values" not in expected or "values" not in yours:
        return None
    wanted, seen = _flat(expected["values"]), _flat(yours["values"])
    if len(wanted) != len(seen) or (_is_corner(expected) and expected["shape"] != yours["shape"]):
        return None
    finite = [abs(value) for _, value in wanted if isinstance(value, int | float)]
    unit = tolerance.get("unit", 1.0)
    allowed = tolerance["atol"] * unit + tolerance["rtol"] * max([unit, *finite])
    pairs = list(zip(wanted, seen, strict=True))
    wrong = [pair for pair in pairs if _differ(pair[0][1], pair[1][1], allowed)]
    return Compared(
        allowed,
        {i: _error(a, b) for (i, a), (_, b) in pairs},
        frozenset(i for (i, _), _ in wrong),
        frozenset(j for _, (j, _) in wrong),
        next(
            digits
            for digits in (DIGITS, 9, 12, 17)
            if digits == 17
            or all(cell_text(a, digits) != cell_text(b, digits) for (_, a), (_, b) in wrong)
        ),
    )


def is_exact(evidence: Evidence) -> bool:
    """Whether both arrays hold whole numbers, which have to be equal."""
    kinds = [str((evidence.get(part) or {}).get("dtype")) for part in PARTS]
    return all(kind.startswith(("int", "uint", "bool")) for kind in kinds)


def cell_text(value: Any, digits: int = DIGITS) -> str:
    """A number as it is shown in a table, with so many significant digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:.{digits}g}"


def _is_corner(described: Mapping[str, Any]) -> bool:
    return bool(described.get("corner"))


def _differ(a: Any, b: Any, allowed: float) -> bool:
    error = _error(a, b)
    return bool(a != b) if error is None else not abs(error) <= allowed


def _error(a: Any, b: Any) -> float | None:
    if isinstance(a, int | float) and isinstance(b, int | float):
        try:
            return float(b - a)
        except OverflowError:
            return math.inf
    return None


def _flat(values: Any, index: Index = ()) -> list[tuple[Index, Any]]:
    if not isinstance(values, list):
        return [(index, values)]
    return [pair for i, item in enumerate(values) for pair in _flat(item, (*index, i))]
