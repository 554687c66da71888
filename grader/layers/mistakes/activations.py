"""Activations that people put into a layer that has none, and their derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.layers.mistakes.catalogue import Array


def _sigmoid(z: Array) -> Array:
    values: Array = 1 / (1 + np.exp(-z))
    return values


def _softmax(z: Array) -> Array:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "leaky ReLU": lambda z: np.where(z > 0, z, 0.01 * z),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "softmax": _softmax,
}
"""By name, of the sum Z = X W + b, shape (batch, n_units)."""

DERIVATIVES: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky ReLU": lambda z: np.where(z > 0, 1.0, 0.01),
    "sigmoid": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
}
"""Of the activations that work element by element, as functions of Z."""

EACH = [{"shown": name} for name in ACTIVATIONS]
EACH_DERIVATIVE = [{"shown": name} for name in DERIVATIVES]

DERIVATIVE_WHY = "In this exercise activations are layers of their own; this one is linear."
DERIVATIVE_HINT = (
    "Is an activation part of this layer, in the forward pass or in the backward pass?"
)
DERIVATIVE_STRONGER = "The derivative of a linear layer contains {W}, and nothing else."
