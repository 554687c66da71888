# mistake: the notebook's own backward pass: dz @ a.T and dz @ w
# fails: input-gradient, weight-gradient, bias-gradient, kept, training, purity
# points: 52.92
# diagnoses: notebook-weight-gradient, notebook-backward
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
        self.dw = np.dot(dz, self.a.T)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w)
        return self.dz
