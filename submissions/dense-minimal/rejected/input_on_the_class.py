# mistake: keeps the input on the class
# fails: state
# points: 99.5
# diagnoses: kept-on-the-class
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        LayerDense.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
