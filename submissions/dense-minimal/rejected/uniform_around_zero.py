# mistake: uniform between -0.1 and 0.1
# fails: initialization, seeded
# points: 84
# diagnoses: init-uniform
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = np.random.uniform(-0.1, 0.1, (n_inputs, n_neurons))
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
