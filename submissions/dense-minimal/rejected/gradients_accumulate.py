# mistake: adds to dw and db as PyTorch does with .grad
# fails: state
# points: 98.5
# diagnoses: gradient-accumulates
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.1 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))
        self.dw = np.zeros((n_inputs, n_neurons))
        self.db = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = a @ self.w + self.b
        return self.z

    def backward(self, dz):
        self.dw += self.a.T @ dz
        self.db += dz.sum(axis=0)
        self.dz = dz @ self.w.T
        return self.dz
