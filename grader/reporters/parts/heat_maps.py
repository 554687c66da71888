"""Arrays as heat maps: tables of numbers whose cells are shaded by size, for pages.

The numbers and the marks carry everything; the shade is an aid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from grader.model.evidence import PARTS, Described, Evidence
from grader.reporters.parts import arrays
from grader.reporters.parts.arrays import Compared, Index

MAX_ROWS, MAX_COLUMNS = 10, 8
SMALL = 2
"""Rows and columns up to which an array is written in brackets, and not drawn."""
LEVELS = 5
_MAX_TEXT = 40
_CLOSE = 1e4  # times what is allowed: rounding, or a type of less precision
_SMALLEST = -17.0  # of powers of ten on the scale: below double precision
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Cell:
    """One element.

    Attributes:
        shade: ``p1`` … ``p5`` above zero, ``n1`` … ``n5`` below, ``e1`` … ``e5`` for an error;
            empty for none.
    """

    text: str
    shade: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table of cells.

    Attributes:
        name: ``expected``, ``yours`` or ``difference``.
        kind: Shape and data type, in words.
        columns: Their numbers; none for a single number.
        rows: The number of each, None for a vector, and its cells.
        part: Which part of the array it is, empty for all of it.
        text: Instead of cells, what is no array.
    """

    name: str
    kind: str
    columns: tuple[int, ...] = ()
    rows: tuple[tuple[int | None, tuple[Cell, ...]], ...] = ()
    part: str = ""
    text: str = ""

    @property
    def large(self) -> bool:
        """Whether it takes more than two rows or columns, so that colours help to read it."""
        return bool(self.part) or len(self.rows) > SMALL or len(self.columns) > SMALL


@dataclass(frozen=True, slots=True)
class Gauge:
    """How far off the worst element is, against what is allowed, on a logarithmic scale.

    Attributes:
        error, allowed: As text.
        error_at, allowed_at: Where they are on the scale, from 0 to 1.
        times: How many times what is allowed the error is, in words; empty if hardly more.
        close: Whether it is so near to what is allowed that a drawing says something.
    """

    error: str
    allowed: str
    error_at: float
    allowed_at: float
    times: str
    close: bool


def heat_maps(evidence: Evidence) -> list[HeatMap]:
    """What was expected, what came and, where they can be compared, the difference."""
    compared = arrays.compare(evidence)
    around = (evidence.get("first") or {}).get("index") or []
    values = [
        value for part in PARTS for value in _numbers((evidence.get(part) or {}).get("values"))
    ]
    largest = max(values, default=0.0)
    none: frozenset[Index] = frozenset()
    digits = compared.digits if compared else arrays.DIGITS
    maps = [
        _heat_map(part, evidence[part], around, largest, wrong, digits)
        for part, wrong in zip(
            PARTS, (none, compared.wrong_yours if compared else none), strict=True
        )
        if evidence.get(part)
    ]
    if compared is not None and len(maps) == 2:
        maps.append(_difference(evidence["expected"], around, compared))
    return maps


def gauge(evidence: Evidence) -> Gauge | None:
    """The largest error against the tolerance; None if no number was compared with another."""
    compared, error = arrays.compare(evidence), evidence.get("largest_error")
    if compared is None or arrays.is_exact(evidence) or isinstance(error, bool | str | None):
        return None
    ends = _SMALLEST, max(3.0, math.log10(error) + 1 if error else 0.0)

    def place(value: float) -> float:
        power = math.log10(value) if value > 0 else ends[0]
        return round(min(max((power - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0), 4)

    return Gauge(
        f"{error:.3g}",
        f"{compared.allowed:.3g}",
        place(error),
        place(compared.allowed),
        _times(error / compared.allowed if compared.allowed else math.inf),
        error < _CLOSE * compared.allowed,
    )


def _times(factor: float) -> str:
    if not math.isfinite(factor) or factor < 2:
        return ""
    if factor < 1e5:
        return f"{factor:,.0f}"
    return "about 10" + str(round(math.log10(factor))).translate(_RAISED)


def _numbers(values: Any) -> list[float]:
    """The sizes of all finite numbers in nested lists."""
    if isinstance(values, list):
        return [number for item in values for number in _numbers(item)]
    if isinstance(values, bool) or not isinstance(values, int | float):
        return []
    return [min(abs(float(values)), 1e300)] if abs(values) < 1e300 else []


def _heat_map(
    name: str,
    described: Described,
    around: list[int],
    largest: float,
    wrong: frozenset[Index],
    digits: int,
) -> HeatMap:
    if "values" not in described:
        text = str(described.get("text", ""))
        return HeatMap(name, _kind(described), text=text)

    def cell(index: Index, value: Any) -> Cell:
        return Cell(_text(value, digits), _shade(value, largest), index in wrong)

    return _table(name, described, around, cell)


def _difference(expected: Described, around: list[int], compared: Compared) -> HeatMap:
    errors = [e for i, e in compared.errors.items() if i in compared.wrong_expected]
    largest = max(_numbers(errors), default=0.0)

    def cell(index: Index, value: Any) -> Cell:
        error, wrong = compared.errors[index], index in compared.wrong_expected
        if not wrong:
            return Cell("0" if not error else "≈ 0")
        if error is None or not math.isfinite(error):
            return Cell("≠", f"e{LEVELS}", True)
        return Cell(f"{error:+.4g}", f"e{_level(error, largest)}", True)

    return _table("difference", {**expected, "dtype": ""}, around, cell)


def _table(name: str, described: Described, around: list[int], cell: Any) -> HeatMap:
    plane = arrays.plane(described, around, MAX_ROWS, MAX_COLUMNS)
    if plane is None:
        return HeatMap(name, _kind(described), text="no elements")
    rows = tuple(
        (
            plane.top + number if len(described["shape"]) > 1 else None,
            tuple(cell(index, value) for index, value in row),
        )
        for number, row in enumerate(plane.rows)
    )
    columns = tuple(
        range(plane.left, plane.left + len(plane.rows[0])) if described["shape"] else ()
    )
    return HeatMap(name, _kind(described), columns, rows, _part(plane))


def _part(plane: arrays.Plane) -> str:
    parts = []
    if plane.lead:
        parts.append(f"at [{', '.join(map(str, plane.lead))}]")
    for what, start, shown, whole in (
        ("rows", plane.top, len(plane.rows), plane.height),
        ("columns", plane.left, len(plane.rows[0]), plane.width),
    ):
        if shown < whole:
            parts.append(f"{what} {start} to {start + shown - 1} of {whole}")
    return ", ".join(parts)


def _kind(described: Described) -> str:
    if described.get("shape") is None:
        return str(described.get("type", ""))
    kind = f"shape {tuple(described['shape'])}"
    dtype = described.get("dtype", "")
    return kind + (f", {dtype}" if dtype not in ("", "float64") else "")


def _text(value: Any, digits: int) -> str:
    text = arrays.cell_text(value, digits)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _shade(value: Any, largest: float) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value:
        return ""
    return f"{'p' if value > 0 else 'n'}{_level(value, largest)}"


def _level(value: float, largest: float) -> int:
    share = min(abs(value) / largest, 1.0) if largest else 1.0
    return max(1, math.ceil(share * LEVELS))
