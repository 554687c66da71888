"""Reference solution of the problem `dense-minimal`: z = a w + b, rows are samples."""

import numpy as np


class LayerDense:
    """A fully connected layer of n_neurons neurons."""

    def __init__(self, n_inputs, n_neurons):
        """Draw w from a normal distribution with deviation 0.1; start b at zero."""
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        """Return z = a w + b, shape (batch, n_neurons), for a of shape (batch, n_inputs)."""
        self.a = a
        self.z = a @ self.w + self.b
        return self.z

    def backward(self, dz):
        """Keep dw and db; return dL/da, given dz = dL/dz of shape (batch, n_neurons)."""
        self.dw = self.a.T @ dz
        self.db = dz.sum(axis=0, keepdims=True)
        self.dz = dz @ self.w.T
        return self.dz
