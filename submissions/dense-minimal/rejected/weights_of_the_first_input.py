# mistake: goes on with the weights of the first input of a shape
# fails: state
# points: 99
# diagnoses: none
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))
        self.known = {}

    def forward(self, a):
        self.a = a
        if a.shape not in self.known:
            self.known = {a.shape: self.w.copy()}
        self.z = np.dot(a, self.known[a.shape]) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
