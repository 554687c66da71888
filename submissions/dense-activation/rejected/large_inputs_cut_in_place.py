# mistake: cuts large numbers off in the caller's X, once it has used them
# fails: purity
# points: 99
# diagnoses: none
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
        self.X = X.copy()
        self.z = X @ self.W + self.b
        np.clip(X, -1000, 1000, out=X)
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
        dW = self.X.T @ d / len(d)
        db = d.mean(axis=0, keepdims=True)
        self.W = self.W - lr * dW
        self.b = self.b - lr * db
        return dX
