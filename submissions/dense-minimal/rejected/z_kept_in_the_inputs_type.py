# mistake: keeps z in the type of the input
# fails: kept
# points: 98.67
# diagnoses: none
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        z = np.dot(a, self.w) + self.b
        self.z = z.astype(a.dtype)
        return z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
