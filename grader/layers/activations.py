"""Activations, as predictions of known mistakes need them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Activation:
    """A function of Z, element by element.

    Attributes:
        name: In a sentence: ``ReLU``, ``the sigmoid``.
        derivative: A function of Z as well.
    """

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    name: str = "the activation"


def _sigmoid(z: Array) -> Array:
    shares: Array = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    return shares


LINEAR = Activation(lambda z: z, np.ones_like, "no activation")
RELU = Activation(lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float), "ReLU")
SIGMOID = Activation(_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)), "the sigmoid")
TANH = Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, "tanh")

ACTIVATIONS = {"linear": LINEAR, "relu": RELU, "sigmoid": SIGMOID, "tanh": TANH}
"""By the name that a case has for it; a problem may have more of its own."""
