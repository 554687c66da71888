# mistake: uniform, with the right standard deviation
# fails: initialization, seeded
# points: 89
# diagnoses: init-uniform-scaled
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        width = 0.1 * 3 ** 0.5
        self.w = np.random.uniform(-width, width, (n_inputs, n_neurons))
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
