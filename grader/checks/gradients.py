"""Numerical gradients, by central differences.

For a loss ``L = sum(Y * G)`` with ``Y = f(x)`` and an upstream gradient ``G``,
``dL/dx_i ≈ (L(x + h e_i) - L(x - h e_i)) / 2h`` with an error of order ``h²`` (Burden and Faires,
*Numerical Analysis*, section 4.1). For an affine ``f`` the formula is exact, and with small
integers in float64 and ``h = 1`` it is computed without any rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.remote.answers import Pending

Array = np.ndarray[Any, Any]

STEP = 1e-6
"""Step for arbitrary floats of order 1 (torch.autograd.gradcheck's ``eps``)."""
RTOL, ATOL = 1e-6, 1e-7
"""The truncation error of an affine layer is zero; rounding gives about 1e-16 / STEP = 1e-10."""


def perturbed(x: Array, step: float) -> Array:
    """Return ``x`` with one element moved, up and then down, for each element.

    Returns:
        Shape ``(2 * x.size, *x.shape)``: first all with ``+ step``, then all with ``- step``.
    """
    moves = np.eye(x.size).reshape(x.size, *x.shape) * step
    return np.concatenate([x + moves, x - moves])


def from_outputs(outputs: Array, upstream: Array, step: float, shape: tuple[int, ...]) -> Array:
    """Turn the outputs at :func:`perturbed` points into the gradient, of ``shape``.

    Args:
        outputs: Shape ``(2 * size, *upstream.shape)``.
        upstream: The gradient of the loss with respect to the output.
        step: As given to :func:`perturbed`.
        shape: Shape of what was perturbed.
    """
    up, down = np.split(outputs, 2)
    axes = tuple(range(1, outputs.ndim))
    with np.errstate(all="ignore"):
        gradient: Array = ((up - down) * upstream).sum(axis=axes) / (2 * step)
    return gradient.reshape(shape)


def measured(forward: Callable[[Array], Array], at: Array, upstream: Array, step: float) -> Array:
    """Return the gradient of ``sum(forward(x) * upstream)`` with respect to x, where x is ``at``.

    Args:
        forward: The reference's forward pass, as a function of what is moved.
        at: Of any shape, which the gradient has as well.
        upstream: Of the shape of the output; divided by the rows, where the loss is a mean.
        step: 1 for affine functions of small integers, else see :data:`STEP`.
    """
    outputs = np.stack([forward(x) for x in perturbed(at, step)])
    return from_outputs(outputs, upstream, step, at.shape)


def measured_at(
    layer: Any, attribute: str, forward: Callable[[], Array], upstream: Array, step: float
) -> Array:
    """Return the gradient of ``sum(forward() * upstream)`` with respect to an attribute.

    Args:
        layer: Of the reference; the attribute is put back.
        attribute: Holds an array, of which the gradient has the shape.
        forward: The forward pass of ``layer``, with its input.
        upstream: As in :func:`measured`.
        step: As in :func:`measured`.
    """
    start = getattr(layer, attribute)

    def moved(value: Array) -> Array:
        setattr(layer, attribute, value)
        return forward()

    try:
        return measured(moved, start, upstream, step)
    finally:
        setattr(layer, attribute, start)


def from_sweep(
    swept: Pending, upstream: Array, step: float, shape: tuple[int, ...]
) -> Array | None:
    """Return the gradient that a sweep of the student's forward pass shows, if it shows one.

    Args:
        swept: What ``layer.forward.sweep(perturbed(x, step))`` promised, now known.
        upstream: The gradient of the loss with respect to the output.
        step: As given to :func:`perturbed`.
        shape: Of ``x``.

    Returns:
        None if the forward pass raised, or gave outputs of another shape than ``upstream``.
    """
    outputs = None if swept.error else swept.value
    wanted = (2 * math.prod(shape), *upstream.shape)
    if not isinstance(outputs, np.ndarray) or outputs.shape != wanted:
        return None
    return from_outputs(outputs, upstream, step, shape)
