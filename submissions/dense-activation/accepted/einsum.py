# style: every product is written as np.einsum, a copy of W is kept for the returned gradient
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        allowed = {None, "relu", "sigmoid"}
        if activation not in allowed:
            raise ValueError(f"activation should be one of {allowed}, got {activation}")
        self.activation = activation
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.normal(0.0, 0.01, size=(input_size, output_size))
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.X = np.array(X, dtype=float)
        self.Z = np.einsum("ri,ij->rj", self.X, self.W) + self.b
        if self.activation is None:
            return self.Z.copy()
        if self.activation == "relu":
            return np.clip(self.Z, 0, None)
        return np.reciprocal(1 + np.exp(np.clip(-self.Z, -500, 500)))

    def backward(self, d_out, lr=0.01):
        W_before = self.W.copy()
        if self.activation is None:
            slope = np.ones(self.Z.shape)
        elif self.activation == "relu":
            slope = np.heaviside(self.Z, 0.0)
        else:
            e = np.exp(-np.abs(self.Z))
            slope = e / (1 + e) ** 2
        D = np.einsum("rj,rj->rj", d_out, slope)
        self.W -= lr * np.einsum("ri,rj->ij", self.X, D) / D.shape[0]
        self.b -= lr * np.einsum("rj->j", D)[None, :] / D.shape[0]
        return np.einsum("rj,ij->ri", D, W_before)
