# style: the bias gradient as a product with ones
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        ones = np.ones((1, dz.shape[0]))
        self.db = ones @ dz
        self.dw = self.a.T @ dz
        self.dz = (self.w @ dz.T).T
        return self.dz
