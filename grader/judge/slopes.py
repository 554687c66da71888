"""Room: whether what a student's code gives is the slope of the loss.

A backward pass is held to the right forward pass, or to the student's own: one that fits a wrong
forward pass has earned its points. Parameters' gradients that are means over the batch are slopes
of a mean loss: what they are compared with is made with an upstream gradient over the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.judge.evidence import expect_array, expect_close, is_close
from grader.judge.gradients import ATOL, RTOL

Array = np.ndarray[Any, Any]


def agrees(yours: Any, numerical: Array | None, *, exact: bool) -> bool:
    """Whether a gradient agrees with a numerical one, whichever way round a row is stored.

    Args:
        numerical: None agrees with nothing.
        exact: Whether the differences are exact; what is compared with them may be rounded, as
            3 times a mean is, and is compared to the last digits.
    """
    if numerical is None or not isinstance(yours, np.ndarray) or yours.size != numerical.size:
        return False
    yours = yours.reshape(numerical.shape)
    return is_close(yours, numerical) if exact else is_close(yours, numerical, RTOL, ATOL)


Measure = Callable[[], Array | None]
"""Measures the slope of the student's forward pass; None if there is none to measure."""


def expect_gradient(
    yours: Any,
    expected: Array,
    *,
    what: str,
    own: Measure,
    fine: Measure | None = None,
    or_shapes: Sequence[tuple[int, ...]] = (),
) -> None:
    """Fail unless ``yours`` is the gradient of the right forward pass, or of the student's own.

    One that fits a forward pass on which nothing depends has earned nothing.

    Args:
        yours: What the student's code gave.
        expected: The reference's gradient.
        what: What is compared, as in :func:`grader.judge.expect_close`.
        own: Asked only where it matters.
        fine: The same with small steps, where those of ``own`` are right for affine functions only:
            whether a wrong forward pass is affine is not known.
        or_shapes: Other shapes of the same size that are accepted as well.
    """
    array = expect_array(yours, what, expected.shape, or_shapes=or_shapes)
    if is_close(array.reshape(expected.shape), expected):
        return
    if not agrees(expected, own(), exact=False) and _fits(array, own, fine):
        return
    expect_close(yours, expected, what=what, or_shapes=or_shapes)


def expect_slope(
    yours: Any,
    measured: Array,
    *,
    what: str,
    own: Measure,
    exact: bool,
    fine: Measure | None = None,
    or_shapes: Sequence[tuple[int, ...]] = (),
) -> None:
    """Fail unless ``yours`` agrees with central differences of either forward pass.

    Args:
        yours: What the student's code gave.
        measured: Central differences of the reference's forward pass.
        what: What is compared.
        own: Asked only where the right one is not met.
        exact: Whether the differences are exact, as they are for affine layers and integers.
        fine: As in :func:`expect_gradient`.
        or_shapes: Other shapes of the same size that are accepted as well.
    """
    array = expect_array(yours, what, measured.shape, or_shapes=or_shapes)
    if np.any(measured) and agrees(array, measured, exact=exact):
        return
    if _fits(array, own, fine):
        return
    tolerance = {} if exact else {"rtol": RTOL, "atol": ATOL}
    message = "The gradient is not the slope of the loss, as central differences measure it."
    expect_close(yours, measured, what=what, message=message, or_shapes=or_shapes, **tolerance)


def _fits(array: Array, *measures: Measure | None) -> bool:
    """Whether a gradient is the slope that one of these measures, and not just zero."""
    slopes = (measure() for measure in measures if measure is not None)
    return any(np.any(slope) and agrees(array, slope, exact=False) for slope in slopes)
