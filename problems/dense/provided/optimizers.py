"""Optimizers to try a layer with. ``update`` returns the new value and changes nothing in place."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class SGD:
    """Gradient descent: w - learning_rate * grad."""

    learning_rate: float = 0.01

    def update(self, w, grad):
        """Return the new value of w."""
        return w - self.learning_rate * grad


@dataclass
class Momentum:
    """Gradient descent with momentum (Polyak 1964): v <- momentum * v + grad; w - rate * v."""

    learning_rate: float = 0.01
    momentum: float = 0.9
    _velocity: Any = field(default=0.0, repr=False)

    def update(self, w, grad):
        """Return the new value of w; remember the velocity for the next call."""
        self._velocity = self.momentum * self._velocity + grad
        return w - self.learning_rate * self._velocity
