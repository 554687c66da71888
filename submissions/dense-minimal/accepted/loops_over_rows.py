# style: plain loops
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.empty((len(a), self.w.shape[1]))
        for i, row in enumerate(a):
            for k in range(self.w.shape[1]):
                self.z[i, k] = sum(x * w for x, w in zip(row, self.w[:, k])) + self.b[0, k]
        return self.z

    def backward(self, dz):
        self.dw = np.zeros(self.w.shape)
        self.db = np.zeros(self.b.shape)
        self.dz = np.zeros(self.a.shape)
        for row, delta, out in zip(self.a, dz, self.dz):
            self.dw += np.outer(row, delta)
            self.db += delta
            out += self.w @ delta
        return self.dz
