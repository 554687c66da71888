# mistake: adds up dw from pass to pass
# fails: state
# points: 98.5
# diagnoses: none
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))
        self.dw = 0

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = self.dw + np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
