"""Room: activations, as predictions of known mistakes need them."""

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

    name: str
    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]


def _sigmoid(z: Array) -> Array:
    shares: Array = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    return shares


LINEAR = Activation("no activation", lambda z: z, np.ones_like)
RELU = Activation("ReLU", lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float))
SIGMOID = Activation("the sigmoid", _sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)))
TANH = Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2)

ACTIVATIONS = {"linear": LINEAR, "relu": RELU, "sigmoid": SIGMOID, "tanh": TANH}
"""By the name that a case has for it; a problem may have more of its own."""
