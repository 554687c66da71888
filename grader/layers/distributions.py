"""Whether weights are drawn as they should be: from which distribution, from which numbers.

Every bound is chosen so that a right draw fails with a probability below 1e-12. A wrong scale is
one check's matter, a wrong distribution another's: each of them lets the other mistake pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.expect import expect

Array = np.ndarray[Any, Any]

SLACK = 0.02
"""Of a limit: with 4,000 uniform draws the extremes are nearer to it than that."""

CHANCE = 1e-12
_DEVIATIONS = 7.2
"""P(|z| > 7.2) < 1e-12 for a normal z."""


@dataclass(frozen=True)
class Draw:
    """How the statement has the weights drawn.

    Attributes:
        family: ``uniform`` on [-scale, scale], or ``normal`` with mean 0 and deviation ``scale``.
        scale: From (n_inputs, n_units) to the limit or the standard deviation.
        formula: The scale as the statement writes it: ``1/√n_inputs``.
    """

    family: Literal["uniform", "normal"]
    scale: Callable[[int, int], float]
    formula: str

    @property
    def example(self) -> str:
        """A value to try one's own formula against."""
        sizes = "4 inputs" if self.scale(4, 3) == self.scale(4, 5) else "4 inputs and 5 units"
        return f"{sizes}; it should be {self.scale(4, 5):.4g}"

    def __call__(
        self,
        random: np.random.RandomState,
        n_inputs: int,
        n_units: int,
        shape: tuple[int, ...] | None = None,
    ) -> Array:
        """Draw weights for a layer of these sizes, in one call; of another ``shape`` if given."""
        scale = self.scale(n_inputs, n_units)
        size = (n_inputs, n_units) if shape is None else shape
        if self.family == "uniform":
            return random.uniform(-scale, scale, size)
        return random.randn(*size) * scale


def _shown(W: Array) -> str:
    n_inputs, n_units = W.shape
    return f"for {n_inputs} inputs and {n_units} units, W runs from {W.min():.4f} to {W.max():.4f}"


def expect_limit(W: Array, limit: float, formula: str, *, what: str) -> None:
    """Fail unless weights lie within [-limit, limit] and fill it.

    Args:
        W: Shape (n_inputs, n_units), 4,000 numbers or more.
        formula: How the statement comes to the limit, with the numbers put in: ``1/√9``.
        what: What is looked at, e.g. ``layer.W``.
    """
    expect(
        np.abs(W).max() <= limit * (1 + 1e-12),
        f"Some weights are too large: {_shown(W)}; the limit is {formula} = {limit:.4f}.",
        what=what,
        yours=W,
    )
    reach = limit * (1 - SLACK)
    expect(
        W.min() <= -reach and W.max() >= reach,
        f"The weights do not fill the range: {_shown(W)}; it should be ±{limit:.4f}.",
        what=what,
        yours=W,
    )


def expect_uniform(W: Array, *, what: str) -> None:
    """Fail unless weights are spread evenly over the range that they cover.

    Kolmogorov and Smirnov's distance to the uniform distribution over the range of W itself. By
    the DKW inequality (Massart 1990), P(D > d) <= 2 exp(-2 n d²).

    Args:
        W: Of any shape, some thousand numbers.
        what: What is looked at.
    """
    values = np.sort(W, axis=None)
    low, high = values[0], values[-1]
    expect(high > low, "All weights are equal; they should be random.", what=what, yours=W)
    ranks = np.arange(1, values.size + 1) / values.size
    distance = np.abs((values - low) / (high - low) - ranks).max()
    bound = np.sqrt(np.log(2 / CHANCE) / (2 * values.size)) + 2 / values.size
    expect(
        distance <= bound,
        f"The weights are not uniform: {values.size} draws differ from an even spread by "
        f"{distance:.3f}, where chance explains {bound:.3f}.",
        what=what,
        yours=W,
    )


def _equation(formula: str, value: float) -> str:
    shown = f"{value:.4g}"
    return shown if formula == shown else f"{formula} = {shown}"


def expect_deviation(W: Array, deviation: float, formula: str, *, what: str) -> None:
    """Fail unless weights have the mean 0 and the standard deviation ``deviation``.

    For normal draws the mean has the standard error deviation / √n, and the standard deviation,
    nearly, deviation / √(2n); a tenth is added for what is not quite normal about the latter.

    Args:
        W: Shape (n_inputs, n_units), some thousand numbers.
        formula: How the statement comes to the deviation, with the numbers put in: ``√(2/9)``.
        what: What is looked at, e.g. ``layer.W``.
    """
    mean, spread, count = float(W.mean()), float(W.std()), W.size
    n_inputs, n_units = W.shape
    sizes = f"for {n_inputs} inputs and {n_units} units"
    expect(
        abs(spread - deviation) <= 1.1 * _DEVIATIONS * deviation / math.sqrt(2 * count),
        f"The scale of the weights is not right: {sizes} their standard deviation is "
        f"{spread:.4g}; it should be {_equation(formula, deviation)}.",
        what=what,
        yours=W,
    )
    expect(
        abs(mean) <= _DEVIATIONS * deviation / math.sqrt(count),
        f"The weights are not centred: {sizes} their mean is {mean:.4g}; it should be near 0.",
        what=what,
        yours=W,
    )


def expect_normal(W: Array, *, what: str) -> None:
    """Fail unless weights are normally distributed, whatever their mean and scale are.

    Kolmogorov and Smirnov's distance to the normal distribution with the mean and deviation of W
    itself. To the DKW bound (see :func:`expect_uniform`) is added what an error of these two by
    ``_DEVIATIONS`` standard errors moves the distribution by: at most φ(0) = 0.399 times the
    first and φ(1) = 0.242 times the second. A uniform distribution is 0.057 away, which takes
    30,000 draws to tell.

    Args:
        W: Of any shape, 30,000 numbers or more.
        what: What is looked at.
    """
    values = np.sort(W, axis=None)
    mean, spread, count = float(values.mean()), float(values.std()), values.size
    expect(spread > 0, "All weights are equal; they should be random.", what=what, yours=W)
    wanted = np.interp((values - mean) / spread, *_normal_distribution())
    ranks = np.arange(1, count + 1) / count
    distance = max(np.abs(wanted - ranks).max(), np.abs(wanted - ranks + 1 / count).max())
    by_chance = math.sqrt(math.log(2 / CHANCE) / 2)
    by_estimate = _DEVIATIONS * (0.399 + 1.1 * 0.242 / math.sqrt(2))
    bound = (by_chance + by_estimate) / math.sqrt(count)
    expect(
        distance <= bound,
        f"The weights are not normally distributed: {count} draws differ from it by "
        f"{distance:.3f}, where chance explains {bound:.3f}.",
        what=what,
        yours=W,
    )


@cache
def _normal_distribution() -> tuple[Array, Array]:
    """Points on the normal distribution function, dense enough to go straight between (3e-8)."""
    points = np.linspace(-9, 9, 18_001)
    return points, np.array([(1 + math.erf(z / math.sqrt(2))) / 2 for z in points])


def single_precision(W: Array, wanted: Array) -> bool:
    """Whether W is what is wanted, rounded to single precision, which shows elsewhere as well."""
    return W.dtype == np.float32 and bool(np.array_equal(W, wanted.astype(np.float32)))


def same_draw(W: Array, wanted: Array) -> bool:
    """Whether W comes from the same random numbers as ``wanted``, in the same places.

    A clearly different range or scale is another check's matter: then W may be any growing linear
    function of what is wanted, and so is single precision. One that is nearly right is not excused,
    as it is by chance.
    """
    single = W.dtype == np.float32 and np.array_equal(W, wanted.astype(np.float32))
    if single or is_close(W, wanted):
        return True
    ones = np.ones(W.size)
    line, *_ = np.linalg.lstsq(np.stack([wanted.ravel(), ones], axis=1), W.ravel(), rcond=None)
    slope, shift = line
    fitted = slope * wanted + shift
    nearly_right = abs(slope - 1) < SLACK and abs(shift) < SLACK * np.abs(wanted).max()
    return bool(slope > 0 and not nearly_right and is_close(W, fitted))
