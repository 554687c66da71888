"""Implement a Dense layer with an activation.

Fill in the methods of `DenseLayer`. Run this file to see the seeded example.
"""

import numpy as np


class DenseLayer:
    """A fully connected layer with an activation: output = act(X . W + b).

    Attributes:
        W: weights, shape (input_size, output_size).
        b: biases, shape (1, output_size).
    """

    def __init__(self, input_size, output_size, activation=None, seed=None):
        """Draw W, and set b to zeros.

        W: 0.01 times np.random.randn(input_size, output_size), after
            np.random.seed(seed) if there is a seed; 0 is one.
        activation: None, "relu" or "sigmoid"; anything else raises ValueError.
        """
        # TODO

    def forward(self, X):
        """Return act(X . W + b), and remember what backward needs.

        X: shape (batch, input_size); leave it unchanged.
        Returns: shape (batch, output_size).
        """
        raise NotImplementedError("write DenseLayer.forward")

    def backward(self, d_out, lr=0.01):
        """Return the gradient with respect to X, and take a step with W and b.

        The returned gradient goes through the W that made the output. Those of W
        and b are means over the batch; lr times them is subtracted.

        d_out: dL/dY, shape (batch, output_size); leave it unchanged.
        Returns: dL/dX, shape (batch, input_size).
        """
        raise NotImplementedError("write DenseLayer.backward")


if __name__ == "__main__":
    layer = DenseLayer(2, 3, activation="relu", seed=42)
    X = np.array([[1.0, 2.0], [-1.0, 0.5]])
    print(layer.forward(X))
    print(layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), lr=0.1))
    print(layer.W)
    print(layer.b)
