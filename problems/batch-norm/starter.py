"""Implement batch normalization. Fill in `BatchNorm`; run this file to see the example."""

import numpy as np


class BatchNorm:
    """Normalizes each feature over the batch, then scales and shifts it."""

    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        """Keep momentum and eps; make gamma, beta, running_mean, running_var, all (d,)."""
        raise NotImplementedError("write BatchNorm.__init__")

    def forward(self, X, training=True):
        """Return the output (n, d) for X (n, d); in training, move the running statistics."""
        raise NotImplementedError("write BatchNorm.forward")

    def backward(self, G):
        """Keep dgamma and dbeta, both (d,); return the gradient with respect to X, (n, d)."""
        raise NotImplementedError("write BatchNorm.backward")


if __name__ == "__main__":
    layer = BatchNorm(2)
    layer.gamma = np.array([1.0, 3.0])

    # Expected: [[-1.2247 -3.6742]
    #            [ 0.      0.    ]
    #            [ 1.2247  3.6742]]
    print(layer.forward(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])).round(4))
