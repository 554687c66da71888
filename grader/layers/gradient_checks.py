"""Whether what a student's code gives is the slope of the loss.

A backward pass is held to the right forward pass, or to the student's own: one that fits a wrong
forward pass has earned its points. Parameters' gradients that are means over the batch are slopes
of a mean loss: what they are compared with is made with an upstream gradient over the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import Any

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.expect import expect_array, expect_close
from grader.checks.gradients import ATOL, RTOL

Array = np.ndarray[Any, Any]


def agrees(yours: Any, numerical: Array | None, *, exact: bool, unit: float = 1.0) -> bool:
    """Whether a gradient agrees with a numerical one, whichever way round a row is stored.

    Args:
        numerical: None agrees with nothing.
        exact: Whether the differences are exact; what is compared with them may be rounded, as
            3 times a mean is, and is compared to the last digits.
        unit: As in :func:`grader.checks.expect_close`.
    """
    if numerical is None or not isinstance(yours, np.ndarray) or yours.size != numerical.size:
        return False
    yours = yours.reshape(numerical.shape)
    if exact:
        return is_close(yours, numerical, unit=unit)
    return is_close(yours, numerical, RTOL, ATOL, unit)


def expect_gradient(
    yours: Any,
    expected: Array,
    *,
    what: str,
    own: Iterable[Array | None],
    waived: AbstractContextManager[None],
    elsewhere: Iterable[Array | None] = (),
    or_shapes: Sequence[tuple[int, ...]] = (),
    unit: float = 1.0,
) -> None:
    """Fail unless ``yours`` is the gradient of the right forward pass, or of the student's own.

    One that fits a forward pass on which nothing depends has earned nothing.

    Args:
        yours: What the student's code gave.
        expected: The reference's gradient.
        what: What is compared, as in :func:`grader.checks.expect_close`.
        own: Slopes of the student's forward pass, as one or several steps show them; a generator,
            so that nothing is measured but where it matters.
        waived: What has to have cost points if only the student's own forward pass is fitted:
            ``waived(to="forward")``, with the fixture of that name.
        elsewhere: The same for another, larger case, where an activation follows: a ReLU can be
            flat here, and there one sees that it is not flat everywhere.
        or_shapes: Other shapes of the same size that are accepted as well.
        unit: As in :func:`grader.checks.expect_close`.
    """
    array = expect_array(yours, what, expected.shape, or_shapes=or_shapes)
    if is_close(array.reshape(expected.shape), expected, unit=unit):
        return
    fits = _fits_own(array, expected, own, elsewhere, unit)
    with waived if fits else nullcontext():
        expect_close(yours, expected, what=what, or_shapes=or_shapes, unit=unit)


def expect_slope(
    yours: Any,
    measured: Array,
    *,
    what: str,
    own: Iterable[Array | None],
    waived: AbstractContextManager[None],
    elsewhere: Iterable[Array | None] = (),
    exact: bool,
    or_shapes: Sequence[tuple[int, ...]] = (),
) -> None:
    """Fail unless ``yours`` agrees with central differences of either forward pass.

    Args:
        yours: What the student's code gave.
        measured: Central differences of the reference's forward pass.
        what: What is compared.
        own: Slopes of the student's forward pass, as one or several steps show them; a generator,
            so that nothing is measured but where it matters.
        waived: As in :func:`expect_gradient`.
        elsewhere: The same for another, larger case, where an activation follows: a ReLU can be
            flat here, and there one sees that it is not flat everywhere.
        exact: Whether the differences are exact, as they are for affine layers and integers.
        or_shapes: Other shapes of the same size that are accepted as well.
    """
    array = expect_array(yours, what, measured.shape, or_shapes=or_shapes)
    if np.any(measured) and agrees(array, measured, exact=exact):
        return
    tolerance = {} if exact else {"rtol": RTOL, "atol": ATOL}
    message = "The gradient is not the slope of the loss, as central differences measure it."
    with waived if _fits_own(array, measured, own, elsewhere) else nullcontext():
        expect_close(yours, measured, what=what, message=message, or_shapes=or_shapes, **tolerance)


def _fits_own(
    array: Array,
    right: Array,
    own: Iterable[Array | None],
    elsewhere: Iterable[Array | None],
    unit: float = 1.0,
) -> bool:
    """Whether a gradient is the slope of the student's own forward pass, which depends on x.

    Where the forward pass is right, it excuses nothing. Differences of a wrong one are exact only
    by chance, so they are not held to the last digits.
    """
    slopes = iter(own)
    first = next(slopes, None)
    if agrees(right, first, exact=False, unit=unit):
        return False
    fitting = [s for s in chain([first], slopes) if agrees(array, s, exact=False, unit=unit)]
    return bool(fitting) and any(map(np.any, chain(fitting, elsewhere)))
