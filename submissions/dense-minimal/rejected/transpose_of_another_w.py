# mistake: keeps the transpose until w is another array
# fails: state
# points: 99
# diagnoses: none
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))
        self.seen = None

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        if self.w is not self.seen:
            self.seen, self.transposed = self.w, self.w.T.copy()
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.transposed)
        return self.dz
