"""Gradients are held to the right forward pass, or to the one that the student wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.gradients import from_sweep, measured_at
from grader.layers.gradient_checks import agrees, expect_gradient, expect_slope
from grader.remote.answers import Pending
from grader.remote.steps import Call

Array = np.ndarray[Any, Any]
RIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])
OTHER = np.array([[1.0, 3.0], [2.0, 4.0]])
EXCUSED = suppress(CheckFailed)
"""The group that a failure is left to has lost points."""


def unasked() -> Iterator[Array]:
    """Measuring the student's forward pass costs a message."""
    raise AssertionError
    yield


def test_the_right_gradient_asks_for_nothing_more() -> None:
    """Neither what was measured on the student's code, nor anything else."""
    expect_gradient(RIGHT.copy(), RIGHT, waived=EXCUSED, what="dW", own=unasked())
    expect_slope(RIGHT.copy(), RIGHT, waived=EXCUSED, what="dW", own=unasked(), exact=True)


def test_a_wrong_forward_pass_costs_its_own_points_only() -> None:
    """A gradient that fits the student's own forward pass is right."""
    expect_gradient(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[OTHER + 1e-9])
    expect_slope(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[OTHER], exact=True)


def test_a_smaller_step_may_show_what_a_large_one_does_not() -> None:
    """The student's forward pass has a kink, which a step of 1 crosses."""
    expect_gradient(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[OTHER + 1, OTHER])
    expect_slope(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[None, OTHER], exact=True)


def test_where_the_forward_pass_is_right_nothing_else_counts() -> None:
    """Whatever a smaller step would have shown."""
    with pytest.raises(CheckFailed):
        expect_gradient(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[RIGHT, OTHER])


@pytest.mark.parametrize("own", [RIGHT, RIGHT + 1, np.zeros((2, 2)), None])
def test_a_gradient_of_neither(own: Array | None) -> None:
    """The forward pass is right, is another one, depends on nothing, or cannot be measured."""
    with pytest.raises(CheckFailed, match="dW differs"):
        expect_gradient(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[own])
    with pytest.raises(CheckFailed, match="not the slope of the loss"):
        expect_slope(OTHER, RIGHT, waived=EXCUSED, what="dW", own=[own], exact=True)


def test_zeros_do_not_pass_for_a_forward_pass_without_weights() -> None:
    """Where nothing depends on the weights their slope is zero, which nobody earns points by."""
    zeros = np.zeros((2, 2))
    with pytest.raises(CheckFailed):
        expect_gradient(zeros, RIGHT, waived=EXCUSED, what="dW", own=[zeros])
    with pytest.raises(CheckFailed):
        expect_slope(zeros, RIGHT, waived=EXCUSED, what="dW", own=[zeros], exact=True)


def test_a_flat_place_of_a_forward_pass_that_is_not_flat() -> None:
    """A ReLU that is off in this case, and is seen to be on in another."""
    zeros = np.zeros((2, 2))
    expect_gradient(zeros, RIGHT, waived=EXCUSED, what="dW", own=[zeros], elsewhere=[RIGHT])
    expect_slope(
        zeros,
        RIGHT,
        waived=EXCUSED,
        what="dW",
        own=[zeros],
        elsewhere=[None, OTHER],
        exact=True,
    )
    with pytest.raises(CheckFailed):
        expect_gradient(
            zeros,
            RIGHT,
            waived=EXCUSED,
            what="dW",
            own=[zeros],
            elsewhere=[zeros, None],
        )


def test_shapes_come_before_values() -> None:
    """A row that is stored flat passes only where that is allowed."""
    row, flat = np.array([[1.0, 2.0]]), np.array([1.0, 2.0])
    with pytest.raises(CheckFailed, match="shape"):
        expect_gradient(flat, row, waived=EXCUSED, what="db", own=unasked())
    expect_gradient(flat, row, waived=EXCUSED, what="db", own=unasked(), or_shapes=[(2,)])
    expect_slope(
        flat,
        row,
        waived=EXCUSED,
        what="db",
        own=unasked(),
        exact=True,
        or_shapes=[(2,)],
    )


def test_exact_differences_are_held_to_the_last_digits() -> None:
    """What is exact leaves no room for single precision."""
    nearly = RIGHT * (1 + 1e-8)
    assert agrees(nearly, RIGHT, exact=False)
    assert not agrees(nearly, RIGHT, exact=True)
    assert not agrees(None, RIGHT, exact=False)
    assert not agrees(RIGHT, None, exact=False)


class Layer:
    """Affine, with the weights in an attribute."""

    def __init__(self) -> None:
        self.W = np.array([[1.0], [2.0]])

    def forward(self, X: Array) -> Array:
        """Fail where the weights are not as they were, plus or minus the step."""
        output: Array = X @ self.W
        return output


def test_an_attribute_is_put_back() -> None:
    """The slope with respect to the weights, which are what they were before."""
    layer, X, G = Layer(), np.array([[3.0, 4.0]]), np.array([[5.0]])
    before = layer.W
    found = measured_at(layer, "W", lambda: layer.forward(X), G, 1.0)
    assert np.array_equal(found, X.T @ G)
    assert layer.W is before


def promised(*outcome: Any) -> Pending:
    """An answer that has come, without a worker."""
    pending = Pending([], Call(None, "forward"))
    pending.resolve(list(outcome))
    return pending


def test_a_sweep_that_shows_a_gradient() -> None:
    """Outputs at two points for each element give the gradient."""
    outputs = np.array([[[3.0]], [[5.0]], [[1.0]], [[1.0]]])
    found = from_sweep(promised("ok", outputs), np.array([[2.0]]), 1.0, (1, 2))
    assert found is not None
    assert np.array_equal(found, [[2.0, 4.0]])


@pytest.mark.parametrize(
    "outputs", [None, np.zeros((4, 2, 1)), np.zeros((2, 1, 1)), np.zeros(4), "text"]
)
def test_a_sweep_that_shows_none(outputs: Any) -> None:
    """Outputs that are none, or of the wrong shape, have no slope."""
    assert from_sweep(promised("ok", outputs), np.array([[2.0]]), 1.0, (1, 2)) is None


def test_a_sweep_that_raised() -> None:
    """What raised is another check's matter; there is no slope."""
    swept = promised("error", "ValueError", "shapes", [], "")
    assert from_sweep(swept, np.array([[2.0]]), 1.0, (1, 2)) is None
