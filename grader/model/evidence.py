"""The evidence of a failed check by its keys, as ``docs/report.md`` describes them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Number = int | float | str
"""NaN, infinities and complex numbers are text: JSON has none."""


class Described(TypedDict, total=False):
    """An array (``shape``, ``dtype``, ``values``), or another value (``type``, ``text``).

    ``values`` are lists in lists, or one number. Of a large array they are a ``corner``.
    """

    shape: list[int]
    dtype: str
    values: Any
    corner: bool
    type: str
    text: str


Part = Literal["expected", "yours"]
PARTS: tuple[Part, ...] = ("expected", "yours")
"""The keys of described values."""


class FirstDifference(TypedDict, total=False):
    """Where two arrays differ first, and what is there."""

    index: list[int]
    expected: Number
    yours: Number


class Tolerance(TypedDict):
    """What is allowed; ``unit`` is the size of an ordinary element where that is not 1."""

    rtol: float
    atol: float
    unit: NotRequired[float]


class Frame(TypedDict):
    """A line of the student's that an exception passed through; of a notebook by cell as well."""

    line: int
    function: str
    source: str
    column: NotRequired[int]
    cell: NotRequired[int]
    cell_line: NotRequired[int]


class Evidence(TypedDict, total=False):
    """Plain data behind the message of a failed check, or of a file that could not be loaded."""

    kind: str
    what: str
    expected: Described
    yours: Described
    first: FirstDifference
    wrong: int
    of: int
    largest_error: Number
    tolerance: Tolerance
    shapes: list[list[int]]
    type: str
    text: str
    traceback: list[Frame]
    marked: list[int]
    calls: list[str]
    lines: list[int]
    example: dict[str, str]
    by: str
