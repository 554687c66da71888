"""Draws: right ones pass whatever the seed, wrong ones fail for the reason they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.layers import distributions

Array = np.ndarray[Any, Any]
SHAPE = (150, 200)


def random(seed: int) -> np.random.RandomState:
    """The generator that students use."""
    return np.random.RandomState(seed)


@pytest.mark.parametrize("seed", range(20))
def test_right_draws_pass(seed: int) -> None:
    """Uniform and normal draws of the right scale."""
    uniform = random(seed).uniform(-0.5, 0.5, SHAPE)
    distributions.expect_limit(uniform, 0.5, "1/√4", what="layer.W")
    distributions.expect_uniform(uniform, what="layer.W")
    normal = random(seed).randn(*SHAPE) * 0.01
    distributions.expect_deviation(normal, 0.01, "0.01", what="layer.W")
    distributions.expect_normal(normal, what="layer.W")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.uniform(-0.6, 0.6, SHAPE), "too large"),
        (lambda r: r.uniform(-0.4, 0.4, SHAPE), "do not fill the range"),
        (lambda r: r.uniform(0, 0.5, SHAPE), "do not fill the range"),
    ],
)
def test_wrong_limits(make: Callable[[Any], Array], message: str) -> None:
    """Too wide, too narrow, one-sided."""
    with pytest.raises(CheckFailed, match=message):
        distributions.expect_limit(make(random(3)), 0.5, "1/√4", what="layer.W")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.randn(*SHAPE), "not uniform"),
        (lambda r: r.uniform(-1, 1, SHAPE) ** 3, "not uniform"),
        (lambda r: np.full(SHAPE, 0.5), "All weights are equal"),
    ],
)
def test_not_uniform(make: Callable[[Any], Array], message: str) -> None:
    """Normal draws, crowded ones, constants."""
    with pytest.raises(CheckFailed, match=message):
        distributions.expect_uniform(make(random(3)), what="layer.W")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.randn(*SHAPE) * 0.011, "scale of the weights"),
        (lambda r: r.randn(*SHAPE), "scale of the weights"),
        (lambda r: np.zeros(SHAPE), "scale of the weights"),
        (lambda r: r.randn(*SHAPE) * 0.01 + 0.001, "not centred"),
    ],
)
def test_wrong_deviations(make: Callable[[Any], Array], message: str) -> None:
    """A tenth too much, no factor at all, nothing drawn, off centre."""
    with pytest.raises(CheckFailed, match=message):
        distributions.expect_deviation(make(random(3)), 0.01, "0.01", what="layer.W")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: r.uniform(-1, 1, SHAPE), "not normally distributed"),
        (lambda r: r.rand(*SHAPE), "not normally distributed"),
        (lambda r: r.choice([-1.0, 1.0], SHAPE), "not normally distributed"),
        (lambda r: np.abs(r.randn(*SHAPE)), "not normally distributed"),
        (lambda r: np.zeros(SHAPE), "All weights are equal"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_not_normal(make: Callable[[Any], Array], message: str, seed: int) -> None:
    """Uniform draws are the nearest to normal ones, and are told apart all the same."""
    with pytest.raises(CheckFailed, match=message):
        distributions.expect_normal(make(random(seed)), what="layer.W")


@pytest.mark.parametrize("change", [lambda W: W * 5, lambda W: W * 0.5, lambda W: (W + 1) / 2])
def test_another_range_of_the_same_numbers(change: Callable[[Array], Array]) -> None:
    """The numbers are the same, what was made of them is not this question."""
    W = random(3).uniform(-1, 1, (3, 4))
    assert distributions.same_draw(change(W), W)


@pytest.mark.parametrize(
    "change", [lambda W: -W, lambda W: W[::-1], lambda W: W * 1.001, lambda W: W.round(2)]
)
def test_other_numbers(change: Callable[[Array], Array]) -> None:
    """Turned round, in other places, nearly right, rounded."""
    W = random(3).uniform(-1, 1, (3, 4))
    assert not distributions.same_draw(change(W), W)
