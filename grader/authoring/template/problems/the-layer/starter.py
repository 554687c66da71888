"""Multiply by a number. Fill in the methods of `TheLayer`."""

# REPLACE: what students begin with. It must load, and earn less than half of the marks.

import numpy as np


class TheLayer:
    """Y = a * X, with one number a.

    Attributes:
        a: the number.
        grad_a: its gradient, after backward.
    """

    def __init__(self, a=1.0):
        """Keep a."""
        # TODO

    def forward(self, X):
        """Return a * X, shape as X, and remember what backward needs."""
        raise NotImplementedError("write TheLayer.forward")

    def backward(self, G):
        """Return dL/dX, shape as G = dL/dY, and store dL/da as self.grad_a."""
        raise NotImplementedError("write TheLayer.backward")


if __name__ == "__main__":
    layer = TheLayer(a=3.0)
    print(layer.forward(np.array([[1.0, -2.0]])))  # expected: [[ 3. -6.]]
    print(layer.backward(np.array([[0.5, 0.25]])))  # expected: [[1.5  0.75]]
    print(layer.grad_a)  # expected: 0.0
