# mistake: the argument of backward is called delta
# fails: constructor
# points: 98.8
# diagnoses: argument-missing
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, delta):
        self.dw = np.dot(self.a.T, delta)
        self.db = np.sum(delta, axis=0, keepdims=True)
        self.dz = np.dot(delta, self.w.T)
        return self.dz
