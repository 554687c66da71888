# mistake: draws from rand, which is never negative, and multiplies by 0.05
# fails: initialization, seeded
# points: 84
# diagnoses: init-rand-scaled
import numpy as np


class LayerDense:

    def __init__(self, n_inputs, n_neurons):
        self.w = 0.05 * np.random.rand(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = a @ self.w + self.b
        return self.z

    def backward(self, dz):
        self.dw = self.a.T @ dz
        self.db = dz.sum(axis=0, keepdims=True)
        self.dz = dz @ self.w.T
        return self.dz
