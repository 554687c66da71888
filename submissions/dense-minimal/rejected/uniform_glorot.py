# mistake: Glorot's uniform draw
# fails: initialization, seeded
# points: 84
# diagnoses: init-uniform-glorot
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        limit = np.sqrt(6 / (n_inputs + n_neurons))
        self.w = np.random.uniform(-limit, limit, (n_inputs, n_neurons))
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.matmul(a, self.w) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.matmul(self.a.T, dz)
        self.db = np.sum(dz, axis=0).reshape(1, -1)
        self.dz = np.matmul(dz, self.w.T)
        return self.dz
