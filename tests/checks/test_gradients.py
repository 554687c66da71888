"""Numerical gradients: exact where they can be, close where they cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from grader.checks.gradients import ATOL, RTOL, STEP, from_outputs, perturbed

Array = np.ndarray[Any, Any]
SIZES = st.integers(1, 4)
SEEDS = st.integers(0, 999)


def numerical(function: Callable[[Array], Array], x: Array, upstream: Array, step: float) -> Array:
    """Return the gradient of sum(function(x) * upstream) by central differences."""
    outputs = np.stack([function(moved) for moved in perturbed(x, step)])
    return from_outputs(outputs, upstream, step, x.shape)


def integers(seed: int, *shape: int) -> Array:
    """Small whole numbers as floats."""
    return np.random.default_rng([seed, *shape]).integers(-9, 10, shape).astype(float)


@given(array_shapes(max_dims=3, max_side=3), SEEDS)
def test_each_point_differs_in_one_element(shape: tuple[int, ...], seed: int) -> None:
    """Twice as many points as elements: first each element up, then each element down."""
    x = integers(seed, *shape)
    points = perturbed(x, 2.0)
    assert points.shape == (2 * x.size, *shape)
    moves = (points - x).reshape(2, x.size, x.size)
    assert np.array_equal(moves[0], 2.0 * np.eye(x.size))
    assert np.array_equal(moves[1], -2.0 * np.eye(x.size))


@given(SIZES, SIZES, SIZES, SEEDS, st.sampled_from([1.0, 2.0, 0.5]))
def test_affine_functions_of_integers_are_exact(
    batch: int, inputs: int, units: int, seed: int, step: float
) -> None:
    """For Y = X W + b all three gradients come out to the last bit."""
    X, W = integers(seed, batch, inputs), integers(seed + 1, inputs, units)
    b, G = integers(seed + 2, 1, units), integers(seed + 3, batch, units)
    assert np.array_equal(numerical(lambda x: x @ W + b, X, G, step), G @ W.T)
    assert np.array_equal(numerical(lambda w: X @ w + b, W, G, step), X.T @ G)
    sums = G.sum(axis=0, keepdims=True)
    assert np.array_equal(numerical(lambda c: X @ W + c, b, G, step), sums)


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (np.sin, np.cos),
        (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        (np.exp, np.exp),
        (lambda x: x**3, lambda x: 3 * x**2),
    ],
    ids=["sin", "tanh", "exp", "cube"],
)
@given(shape=array_shapes(max_dims=2, max_side=4), seed=SEEDS)
def test_smooth_functions_are_close(
    function: Any, derivative: Any, shape: tuple[int, ...], seed: int
) -> None:
    """With the step for floats the error is far below the tolerance of a check."""
    generator = np.random.default_rng(seed)
    x, upstream = generator.standard_normal(shape), generator.standard_normal(shape)
    exact = derivative(x) * upstream
    found = numerical(function, x, upstream, STEP)
    assert np.allclose(found, exact, rtol=RTOL, atol=ATOL)


def test_a_function_that_mixes_elements() -> None:
    """Outputs of another shape than the input: the softmax's gradient, rows apart."""

    def softmax(x: Array) -> Array:
        powers = np.exp(x)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    generator = np.random.default_rng(0)
    x, upstream = generator.standard_normal((3, 4)), generator.standard_normal((3, 4))
    p = softmax(x)
    exact = p * (upstream - (p * upstream).sum(axis=1, keepdims=True))
    assert np.allclose(numerical(softmax, x, upstream, STEP), exact, rtol=RTOL, atol=ATOL)


def test_scalars() -> None:
    """A single number has a gradient of its own shape."""
    found = numerical(lambda x: 3.0 * x, np.array(2.0), np.array(5.0), 1.0)
    assert (found.shape, float(found)) == ((), 15.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_outputs_that_are_no_numbers_give_no_warning(value: float) -> None:
    """A student's forward pass may return anything; the gradient shows it and nothing else."""
    found = from_outputs(np.full((4, 2), value), np.ones(2), 1.0, (2,))
    assert np.isnan(found).all()
