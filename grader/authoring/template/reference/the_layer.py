"""Reference solution of the problem `the-layer`: Y = a X."""

# REPLACE: one readable solution, as short as the mathematics. Mutants are made of it.

import numpy as np
from layer import Layer


class TheLayer(Layer):
    """Multiplies its input by a number."""

    def __init__(self, a=1.0):
        self.a = a

    def forward(self, X):
        """Return a X, shape as X."""
        self.X = X
        return self.a * X

    def backward(self, G):
        """Return dL/dX, shape as G = dL/dY; keep dL/da, a number, as grad_a."""
        self.grad_a = np.sum(self.X * G)
        return self.a * G
