# mistake: draws from rand, which is never negative, and multiplies by 0.02
# fails: start, seeded
# points: 89.96
# diagnoses: init-rand-scaled
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


# Each with its derivative; both are functions of z.
ACTIVATIONS = {
    None: (lambda z: z, np.ones_like),
    "relu": (lambda z: np.maximum(z, 0), lambda z: z > 0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
}


class DenseLayer:

    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation: {activation!r}")
        self.function, self.derivative = ACTIVATIONS[activation]
        if seed is not None:
            np.random.seed(seed)
        self.W = 0.02 * np.random.rand(input_size, output_size)
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.X = X
        self.z = X @ self.W + self.b
        return self.function(self.z)

    def backward(self, d_out, lr=0.01):
        d = d_out * self.derivative(self.z)
        dX = d @ self.W.T  # through the weights that made the output
        self.W = self.W - lr * (self.X.T @ d) / len(d)
        self.b = self.b - lr * d.mean(axis=0, keepdims=True)
        return dX
