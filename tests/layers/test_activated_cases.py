"""Cases for layers with an activation: away from kinks, not saturated, exact where they say so."""

from __future__ import annotations

import pkgutil
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import layers
from grader.checks import gradients
from grader.checks.example_replay import draw_examples
from grader.checks.gradients import ATOL, RTOL
from grader.layers import ACTIVATIONS, CORNERS, AffineCase, affine_cases, looks
from grader.layers.activated_cases import MARGIN, ActivatedCase, activated, each_activated_case

Array = np.ndarray[Any, Any]
CASES = st.builds(activated, affine_cases(), st.sampled_from(sorted(ACTIVATIONS)))


def test_no_name_of_the_package_is_a_module_of_it() -> None:
    """Importing such a module would put it in the name's place, whoever asks for the name later."""
    modules = {module.name for module in pkgutil.iter_modules(layers.__path__)}
    assert "cases" in modules
    assert not modules & set(layers.__all__)


@given(CASES)
def test_nothing_is_near_the_kink(case: ActivatedCase) -> None:
    """No step of central differences can move an element of Z to the other side of 0."""
    Z = case.X @ case.W + case.b
    assert np.abs(Z).min() >= MARGIN
    moved = case.step * max(1.0, np.abs(case.X).max(), np.abs(case.W).max())
    assert moved < np.abs(Z).min()


@given(CASES.filter(lambda case: case.integers))
def test_nothing_is_at_the_kink_of_a_wrong_layer(case: ActivatedCase) -> None:
    """Its own slope is to be measured, if the bias is left out, subtracted, or added often."""
    for times in (0, -1, 2, case.batch):
        assert np.abs(case.X @ case.W + times * case.b).min() >= 1 / 32


@given(CASES)
def test_shapes_are_those_of_the_plain_case(case: ActivatedCase) -> None:
    """Shapes, read-only values and the upstream gradient's kind are as in an affine case."""
    plain = AffineCase(case.batch, case.n_inputs, case.n_units, case.integers, case.seed)
    for name in "XWbG":
        mine, other = getattr(case, name), getattr(plain, name)
        assert mine.shape == other.shape
        assert not mine.flags.writeable
    if case.integers:
        assert np.array_equal(np.abs(case.X[:, 0]) % 1, np.full(case.batch, 0.25))
        assert np.all(case.X[:, 1:] % 1 == 0)
        assert np.all((4 * case.W) % 1 == 0.5)


@given(CASES)
def test_central_differences_agree_with_the_derivative(case: ActivatedCase) -> None:
    """To the last bit where the case says that it is exact; else within the tolerance."""
    act = ACTIVATIONS[case.activation].function
    D = looks(case, activation=ACTIVATIONS[case.activation])["D"]
    pairs = (
        (lambda X: act(X @ case.W + case.b), case.X, D @ case.W.T),
        (lambda W: act(case.X @ W + case.b), case.W, case.X.T @ D),
        (lambda b: act(case.X @ case.W + b), case.b, D.sum(axis=0, keepdims=True)),
    )
    for forward, at, expected in pairs:
        found = gradients.measured(forward, at, case.G, case.step)
        if case.exact:
            assert np.array_equal(found, expected)
        else:
            scale = max(1.0, np.abs(expected).max())
            assert np.abs(found - expected).max() <= ATOL + RTOL * scale


def test_sigmoids_are_not_saturated() -> None:
    """Half of all elements of the integer corners lie where a sigmoid still has a slope."""
    cases = [activated(corner, "sigmoid") for corner in CORNERS]
    Z = np.concatenate([(case.X @ case.W + case.b).ravel() for case in cases])
    assert np.median(np.abs(Z)) < 3


def test_a_mean_over_the_batch_is_a_slope_of_the_mean_loss() -> None:
    """With an upstream gradient over the rows, differences give what ``looks`` calls a mean."""
    case = activated(AffineCase(4, 3, 2), "linear")
    given_ = looks(case, mean=True)
    found = gradients.measured(
        lambda W: case.X @ W + case.b, case.W, case.G / case.batch, case.step
    )
    assert np.allclose(found, case.X.T @ given_["D"] / given_["over"], rtol=1e-12)


@given(CASES)
def test_smaller_cases_keep_the_activation(case: ActivatedCase) -> None:
    """A case is reduced to one that the same layer can be tried on."""
    for less in case.smaller():
        assert isinstance(less, ActivatedCase)
        assert less.activation == case.activation


def test_each_activation_is_tried_on_every_corner() -> None:
    """And generated cases have them as well."""

    @each_activated_case(["relu", "sigmoid"], examples=8)
    def check(case: ActivatedCase) -> None:
        raise AssertionError

    drawn = draw_examples(check, [], seed=0)
    assert drawn is not None
    cases = [example["case"] for example in drawn]
    corners = {activated(corner, name) for corner in CORNERS for name in ("relu", "sigmoid")}
    assert corners <= set(cases)
    assert {case.activation for case in set(cases) - corners} == {"relu", "sigmoid"}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_names_are_shown(name: str) -> None:
    """A case tells with which activation it failed."""
    assert str(activated(AffineCase(1, 2, 3), name)).endswith(f", {name}")
