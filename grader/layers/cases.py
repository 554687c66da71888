"""Cases to try an affine layer on, and the checks that run on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from grader.checks import seeds
from grader.checks.gradients import STEP

Array = np.ndarray[Any, Any]
Values = tuple[Array, Array, Array, Array]
Scales = tuple[float, float, float]


@dataclass(frozen=True)
class AffineCase:
    """Shapes, and the values that its seed and that of the session make of them.

    Values come from a seeded generator rather than from hypothesis, which would draw every
    element by itself. "Integers" are small and never zero; weights are half an integer off and
    biases a quarter, so that sums and products are exact, a reader can follow, and no gradient
    can be mistaken for a parameter, nor a weight for a bias. Whatever the seeds, half of them are
    negative, up to four are all different, some output is small, and no column of G sums to zero:
    none of the smallest cases hides a mistake.

    Attributes:
        batch: Rows of the input.
        n_inputs: Columns of the input.
        n_units: Columns of the output.
        integers: Whether the values are small exact numbers or normal floats.
        seed: Of the values, together with that of the session.
        scales: What X, W and G are multiplied by; b by the first two together, so that X W and b
            stay of one size. Powers of two, with which exact numbers stay exact.
    """

    batch: int
    n_inputs: int
    n_units: int
    integers: bool = True
    seed: int = 0
    scales: Scales = (1.0, 1.0, 1.0)

    @property
    def exact(self) -> bool:
        """Whether central differences of the forward pass are free of rounding."""
        return self.integers

    @property
    def units(self) -> dict[str, float]:
        """The size of an ordinary element, at most 1, for comparing what is tiny with care.

        Of the ``output``, and of the gradients of the ``input``, the ``weights`` and the ``bias``.
        """
        x, w, g = self.scales
        sizes = {"output": x * w, "input": g * w, "weights": x * g, "bias": g}
        return {name: min(1.0, size) for name, size in sizes.items()}

    @property
    def step(self) -> float:
        """Of central differences."""
        return 1.0 if self.exact else STEP

    @property
    def steps(self) -> tuple[float, ...]:
        """For a student's own forward pass, which may be curved where the right one is not."""
        return (self.step, STEP) if self.exact else (STEP,)

    @property
    def size(self) -> float:
        """What small means, for finding the smallest failing case."""
        shape = self.batch * self.n_inputs + self.n_inputs * self.n_units + self.n_units
        return shape + 0.5 * (not self.integers) + (self.scales != (1.0, 1.0, 1.0))

    def smaller(self) -> Iterator[AffineCase]:
        """Cases with one size reduced: to 1, to half, by 1; then with simpler values."""
        for name in ("batch", "n_inputs", "n_units"):
            size = getattr(self, name)
            for less in dict.fromkeys((1, size // 2, size - 1)):
                if 1 <= less < size:
                    yield replace(self, **{name: less})
        if not self.integers:
            yield replace(self, integers=True)
        if self.seed:
            yield replace(self, seed=0)
        if self.scales != (1.0, 1.0, 1.0):
            yield replace(self, scales=(1.0, 1.0, 1.0))

    @property
    def _values(self) -> Values:
        session, kept = seeds.current(), vars(self).setdefault("_kept", {})
        if session not in kept:  # asked for so often that finding it by hash is felt
            kept[session] = self._made(session)
        values: Values = kept[session]
        return values

    def _made(self, session: int) -> Values:
        return _values(self, session)

    @property
    def X(self) -> Array:
        """Input, shape (batch, n_inputs), float64."""
        return self._values[0]

    @property
    def W(self) -> Array:
        """Weights, shape (n_inputs, n_units), float64."""
        return self._values[1]

    @property
    def b(self) -> Array:
        """Biases, shape (1, n_units), float64."""
        return self._values[2]

    @property
    def G(self) -> Array:
        """Upstream gradient, shape (batch, n_units), float64."""
        return self._values[3]

    def __str__(self) -> str:
        counts = ((self.batch, "row"), (self.n_inputs, "input"), (self.n_units, "unit"))
        sizes = ", ".join(f"{count} {noun}{'s' * (count > 1)}" for count, noun in counts)
        scales = [
            f"{name} of about {scale:.0e}"
            for name, scale in zip("XWG", self.scales, strict=True)
            if scale != 1.0
        ]
        return ", ".join([sizes, *scales])


@lru_cache(maxsize=4096)
def _values(case: AffineCase, session: int) -> Values:
    """X, W, b and G of a case, made once in a session for all cases that are equal to it."""
    batch, n_inputs, n_units = case.batch, case.n_inputs, case.n_units
    generator = np.random.default_rng([session, case.seed, batch, n_inputs, n_units])
    shapes = ((batch, n_inputs), (n_inputs, n_units), (1, n_units), (batch, n_units))
    if case.integers:
        X, W, b, G = _whole_values(generator, shapes)
    else:
        X, W, b, G = map(generator.standard_normal, shapes)
    return scaled((X, W, b, G), case.scales)


def scaled(values: Values, scales: Scales) -> Values:
    """Return X, W, b and G multiplied as :attr:`AffineCase.scales` says, not to be written to."""
    x, w, g = scales
    X, W, b, G = (array * scale for array, scale in zip(values, (x, w, x * w, g), strict=True))
    for array in (X, W, b, G):
        array.flags.writeable = False
    return X, W, b, G


def _whole_values(generator: np.random.Generator, shapes: Iterable[tuple[int, int]]) -> Values:
    """Draw until nothing is hidden: by a gradient that happens to be zero, or by large outputs.

    All curves that anybody could add are flat at these.
    """
    while True:
        pairs = zip(shapes, (0.0, 0.5, 0.25, 0.0), strict=True)
        X, W, b, G = (_whole(generator, shape, offset) for shape, offset in pairs)
        if np.abs(X @ W + b).min() < 9 and G.sum() and G.sum(axis=0).all():
            return X, W, b, G


def _whole(generator: np.random.Generator, shape: tuple[int, int], offset: float) -> Array:
    """1 to 4, of both signs, further from 0 by ``offset``."""
    count = prod(shape)
    numbers = generator.permutation(4)[:count] if count <= 4 else generator.integers(0, 4, count)
    signs = np.resize(generator.permutation([-1.0, 1.0]), count)
    made: Array = generator.permutation(signs) * (numbers + 1 + offset)
    return made.reshape(shape)


def affine_cases(max_batch: int = 24, max_inputs: int = 5, max_units: int = 5) -> Any:
    """Strategy for :class:`AffineCase`; shrinks towards one row, one input, one unit."""
    return st.builds(
        AffineCase,
        batch=st.integers(1, max_batch),
        n_inputs=st.integers(1, max_inputs),
        n_units=st.integers(1, max_units),
        integers=st.booleans(),
        seed=st.integers(0, 255),
    )


CORNERS = [
    AffineCase(1, 1, 1),
    AffineCase(2, 1, 1),
    AffineCase(1, 2, 1),
    AffineCase(1, 1, 2),
    AffineCase(1, 2, 2),
    AffineCase(2, 2, 1),
    AffineCase(2, 1, 2),
    AffineCase(2, 2, 2),
    AffineCase(2, 2, 3),
    AffineCase(2, 3, 2),
    AffineCase(3, 3, 3),
    AffineCase(20, 2, 3),
    AffineCase(1, 2, 1, integers=False),
    AffineCase(2, 2, 2, integers=False),
    AffineCase(3, 2, 3, integers=False),
]
"""Tried in every check: the smallest of each kind, where most mistakes already show."""

LARGE, TINY = 2.0**20, 2.0**-27
"""About 1e6 and 1e-8."""

FAR = [
    AffineCase(130, 2, 3, integers=False),
    AffineCase(2, 130, 3, integers=False),
    AffineCase(3, 2, 130, integers=False),
    AffineCase(3, 2, 2, scales=(LARGE, 1.0, LARGE)),
    AffineCase(2, 2, 3, scales=(1.0, LARGE, 1.0)),
    AffineCase(2, 3, 2, scales=(TINY, 1.0, TINY)),
    AffineCase(3, 2, 3, scales=(1.0, TINY, 1.0)),
]
"""Sizes and values far from the small ones: what is right for these may be wrong there."""

_CASES = affine_cases()


def each_case(examples: int = 15, *, far: bool = True) -> Callable[[Any], Any]:
    """Run a check on all :data:`CORNERS`, on those that are :data:`FAR`, and on generated cases.

    All checks of a session that use it see the same cases, so that what is computed for a case
    can be shared between them.

    Args:
        examples: How many cases hypothesis adds.
        far: Whether the wide ones, the large and the tiny ones are among them. Not where each
            element is moved by itself.
    """

    def decorate(test: Any) -> Any:
        test = settings(max_examples=examples)(given(case=_CASES)(test))
        for corner in [*CORNERS, *(FAR if far else ())]:
            test = example(case=corner)(test)
        return test

    return decorate


def some_cases(cases: Sequence[AffineCase]) -> Callable[[Any], Any]:
    """Run a check on each of ``cases``, the smallest first; a failing one is made smaller still."""

    def decorate(test: Any) -> Any:
        test = settings(phases=[Phase.explicit])(given(case=_CASES)(test))
        for case in cases:
            test = example(case=case)(test)
        return test

    return decorate
