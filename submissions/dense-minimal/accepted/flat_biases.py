# style: b and db of shape (n_neurons,)
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = np.random.randn(n_inputs, n_neurons) * 0.10
        self.b = np.zeros(n_neurons)

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = self.a.T @ dz
        self.db = dz.sum(axis=0)
        self.dz = dz @ self.w.T
        return self.dz
