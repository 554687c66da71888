"""Implement dropout. Fill in `Dropout`; run this file to see the example."""

import numpy as np


class Dropout:
    """Leaves out numbers at random, in training."""

    def __init__(self, rate, seed=0):
        """Keep rate, and a generator: np.random.default_rng(seed)."""
        raise NotImplementedError("write Dropout.__init__")

    def forward(self, X, training=True):
        """Return the output, of the shape of X, and remember what was left out."""
        raise NotImplementedError("write Dropout.forward")

    def backward(self, G):
        """Return the gradient with respect to X of the last forward pass."""
        raise NotImplementedError("write Dropout.backward")


if __name__ == "__main__":
    layer = Dropout(0.5, seed=1)

    # Expected: [[2. 4. 0. 8.]]
    print(layer.forward(np.array([[1.0, 2.0, 3.0, 4.0]])))
