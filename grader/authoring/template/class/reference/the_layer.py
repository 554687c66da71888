"""Reference solution of the problem `the-layer`. REPLACE; keep it short: mutants are made of it."""

import numpy as np


class TheLayer:
    """Multiplies its input by a number."""

    def __init__(self, a):
        self.a = a

    def forward(self, X):
        """The output a X."""
        self.X = X
        return self.a * X

    def backward(self, G):
        """The gradient with respect to X; that with respect to a is kept."""
        self.grad_a = np.sum(self.X * G)
        return self.a * G
