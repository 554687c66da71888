"""What decides that two arrays differ, and how much.

Shapes are compared before values: ``np.allclose`` broadcasts, and a column bias "equals" a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

RTOL, ATOL = 1e-9, 1e-12
"""float64 products summed in another order differ by 1e-13 or so; float32 shows at 1e-8."""

SINGLE_RTOL, SINGLE_ATOL = 1e-6, 1e-9
"""What is left of float32's seven digits after some sums of products."""


def closeness(
    yours: np.ndarray[Any, Any],
    expected: np.ndarray[Any, Any],
    rtol: float,
    atol: float,
    unit: float = 1.0,
) -> np.ndarray[Any, Any]:
    """Element by element, whether ``yours`` is right; both of the same shape."""
    if yours.dtype.kind in "biu" and expected.dtype.kind in "biu":
        exact: np.ndarray[Any, Any] = yours == expected
        return exact
    finite = np.isfinite(expected)
    scale = max(unit, float(np.max(np.abs(expected[finite]), initial=0.0)))
    near = distance(yours, expected) <= atol * unit + rtol * scale
    with np.errstate(all="ignore"):
        same = (yours == expected) | (np.isnan(yours) & np.isnan(expected))
    result: np.ndarray[Any, Any] = np.where(finite, near, same)
    return result


def is_close(
    yours: Any, expected: Any, rtol: float = RTOL, atol: float = ATOL, unit: float = 1.0
) -> bool:
    """Whether ``yours`` is an array of the shape and values of ``expected``."""
    if not isinstance(yours, np.ndarray | np.generic):
        return False
    array, wanted = np.asarray(yours), np.asarray(expected)
    if array.shape != wanted.shape:
        return False
    return equal(array, wanted) or bool(closeness(array, wanted, rtol, atol, unit).all())


def is_close_in_single(
    yours: np.ndarray[Any, Any],
    expected: np.ndarray[Any, Any],
    rtol: float,
    atol: float,
    unit: float = 1.0,
) -> bool:
    """Whether what is not close would be, if it had been computed in single precision.

    Its type does not tell: an input that was cut to float32 and multiplied by float64 shows the
    same error. Where a comparison is exact, nothing is excused.
    """
    if not rtol:
        return False
    wide = max(rtol, SINGLE_RTOL), max(atol, SINGLE_ATOL)
    return bool(closeness(yours, expected, *wide, unit).all())


def equal(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether arrays of the same shape are equal; NaN is equal to itself if the bits are."""
    if a.dtype == b.dtype and a.tobytes() == b.tobytes():
        return True
    with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
        return bool((a == b).all())


def distance(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``|a - b|`` in double precision: booleans have no difference, and integers wrap."""
    wide = [x.astype(np.float64) if x.dtype.kind in "biu" else x for x in (a, b)]
    with np.errstate(all="ignore"):
        distance: np.ndarray[Any, Any] = np.abs(wide[0] - wide[1])
    return distance


def told_apart(yours: Any, wanted: Any) -> tuple[str, str]:
    """Two numbers as text, in as many digits as it takes to see that they differ.

    A number of a smaller floating-point type is told in its own digits, with the type: more digits
    than it has would only show what became of it in another type.
    """
    small = yours.dtype.kind == "f" and yours.dtype.itemsize < np.dtype(float).itemsize
    for digits in (8, 10, 12, 15, 17):
        texts = f"{yours:.{digits}g}", f"{wanted:.{digits}g}"
        if texts[0] != texts[1]:
            break
    if small and digits > 8:
        return f"{yours:.8g} ({yours.dtype})", texts[1]
    return texts
