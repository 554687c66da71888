# mistake: takes unknown activations for none, and multiplies by the transposed weights
# fails: start, unknown, forward, activation, input-gradient, weight-gradient, bias-gradient, derivative, step, state
# points: 38.39
# diagnoses: unknown-not-refused, weights-transposed-in-forward
import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), with z clipped so that exp does not overflow."""
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


# Each with its derivative; both are functions of z.
ACTIVATIONS = {
    None: (lambda z: z, np.ones_like),
    "relu": (lambda z: np.maximum(z, 0), lambda z: z > 0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
}


class DenseLayer:
    """A fully connected layer with an activation, which steps by itself."""

    def __init__(self, input_size, output_size, activation=None, seed=None):
        self.function, self.derivative = ACTIVATIONS.get(activation, ACTIVATIONS[None])
        if seed is not None:
            np.random.seed(seed)
        self.W = 0.01 * np.random.randn(input_size, output_size)
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        """Return act(X W + b), shape (batch, output_size), for X of shape (batch, input_size)."""
        self.X = X
        self.z = X @ self.W.T + self.b
        return self.function(self.z)

    def backward(self, d_out, lr=0.01):
        """Return dL/dX, given d_out = dL/dY; step by lr times the means of the other gradients."""
        d = d_out * self.derivative(self.z)
        dX = d @ self.W.T  # through the weights that made the output
        self.W = self.W - lr * (self.X.T @ d) / len(d)
        self.b = self.b - lr * d.mean(axis=0, keepdims=True)
        return dX
