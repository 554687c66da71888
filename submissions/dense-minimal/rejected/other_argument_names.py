# mistake: the arguments have other names
# fails: constructor
# points: 98.8
# diagnoses: argument-missing
import numpy as np


class LayerDense:
    def __init__(self, n_in, n_out):
        self.w = 0.10 * np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
