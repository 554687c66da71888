"""Cases for layers with an activation, away from what finite differences cannot see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, cycle
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.checks.gradients import STEP
from grader.layers.cases import CORNERS, FAR, AffineCase, Values, scaled

Array = np.ndarray[Any, Any]

MARGIN = 1e-3
"""No element of Z is nearer to 0; a step of central differences moves it a hundredth of that."""


@dataclass(frozen=True)
class ActivatedCase(AffineCase):
    """A case for a layer ``act(X W + b)``: no element of Z is near 0, where ReLU has its kink.

    "Integers" are as in :class:`AffineCase`, but W and b a quarter of that, which spares sigmoids
    from saturating, and the first input a quarter off. Then X W is an odd multiple of 1/32 and b
    an even one: Z is not 0, nor is what a layer computes that forgets the bias, or subtracts it.
    All sums and products are exact still. Numbers are drawn again until no element of Z is within
    :data:`MARGIN` of 0, and some of Z are positive and some negative: where all are negative, ReLU
    would hide every mistake. (Of one element, it is positive.)

    Attributes:
        activation: Its name, which is all that a case knows of it.
    """

    activation: str = "linear"

    @property
    def exact(self) -> bool:
        """Whether central differences are free of rounding: not those of a curved activation."""
        return self.integers and self.activation in ("linear", "relu")

    @property
    def step(self) -> float:
        """Of central differences; it crosses no kink (inputs are below 5, Z at least 1/32)."""
        return 2.0**-10 if self.exact else STEP

    def _made(self, session: int) -> Values:
        return _scaled(self, session)

    @property
    def units(self) -> dict[str, float]:
        """As for an affine layer; but what curves makes ordinary numbers of tiny ones."""
        units = super().units
        return units if self.activation in ("linear", "relu") else units | {"output": 1.0}

    def __str__(self) -> str:
        return f"{super().__str__()}, {self.activation}"


@lru_cache(maxsize=4096)
def _scaled(case: ActivatedCase, session: int) -> Values:
    """The values of a case in a session, made once for all that are equal to it."""
    plain = AffineCase(case.batch, case.n_inputs, case.n_units, case.integers, case.seed)
    return scaled(_away_from_zero(plain), case.scales)


def _away_from_zero(case: AffineCase) -> Values:
    for seed in count(case.seed, 256):
        drawn = replace(case, seed=seed)
        X, W, b, G = drawn.X, drawn.W, drawn.b, drawn.G
        if case.integers:
            X = X.copy()
            X[:, 0] += np.sign(X[:, 0]) / 4
            W, b = W / 4, b / 4
        Z = X @ W + b
        is_clear = np.abs(Z).min() >= MARGIN and Z.max() > 0
        if is_clear and (Z.size == 1 or Z.min() < 0):
            break
    return X, W, b, G


@lru_cache(maxsize=64)
def _strategy(activations: tuple[str, ...]) -> Any:
    """Made once, so that all checks of a session see the same cases."""
    return st.builds(
        ActivatedCase,
        batch=st.integers(1, 24),
        n_inputs=st.integers(1, 5),
        n_units=st.integers(1, 5),
        integers=st.booleans(),
        seed=st.integers(0, 255),
        activation=st.sampled_from(activations),
    )


def activated(case: AffineCase, activation: str) -> ActivatedCase:
    """Return the case of the same shape, kind and seed with an activation."""
    sizes = (case.batch, case.n_inputs, case.n_units)
    return ActivatedCase(*sizes, case.integers, case.seed, case.scales, activation)


def far_cases(activations: Sequence[str]) -> list[ActivatedCase]:
    """Return the cases of :data:`FAR`, with each of the activations in turn.

    Numbers far from 1 only with those that are straight: the others are flat there.
    """
    straight = [name for name in activations if name in ("linear", "relu")]
    turns = {True: cycle(activations), False: cycle(straight or activations)}
    return [activated(case, next(turns[case.scales == (1.0, 1.0, 1.0)])) for case in FAR]


def each_activated_case(
    activations: Sequence[str], examples: int = 15, *, far: bool = True
) -> Callable[[Any], Any]:
    """Run a check on all corners with each of ``activations``, and on generated cases.

    As :func:`grader.layers.each_case`; the argument of the check is called ``case``.

    Args:
        activations: Names; those of which cases know that they are exact are ``linear`` and
            ``relu``.
        examples: How many cases hypothesis adds.
        far: Whether :func:`far_cases` are among them.
    """

    def decorate(test: Any) -> Any:
        test = settings(max_examples=examples)(given(case=_strategy(tuple(activations)))(test))
        for corner in CORNERS:
            for activation in activations:
                test = example(case=activated(corner, activation))(test)
        for case in far_cases(activations) if far else ():
            test = example(case=case)(test)
        return test

    return decorate
