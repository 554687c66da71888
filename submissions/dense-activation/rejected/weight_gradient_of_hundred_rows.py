# mistake: sums the gradient of W over the first hundred rows
# fails: weight-gradient
# points: 95
# diagnoses: weight-gradient-small
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in (None, "relu", "sigmoid"):
            raise ValueError(f"there is no activation {activation!r}")
        self.activation = activation
        if seed is not None:
            np.random.seed(seed)
        self.W = 0.01 * np.random.randn(input_size, output_size)
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.X = X
        self.z = X @ self.W + self.b
        if self.activation == "relu":
            return np.maximum(self.z, 0)
        if self.activation == "sigmoid":
            return sigmoid(self.z)
        return self.z

    def slope(self):
        if self.activation == "relu":
            return self.z > 0
        if self.activation == "sigmoid":
            s = sigmoid(self.z)
            return s * (1 - s)
        return np.ones_like(self.z)

    def backward(self, d_out, lr=0.01):
        d = d_out * self.slope()
        dX = d @ self.W.T
        dW = self.X[:100].T @ d[:100] / len(d)
        db = d.mean(axis=0, keepdims=True)
        self.W = self.W - lr * dW
        self.b = self.b - lr * db
        return dX
