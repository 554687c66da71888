# mistake: stores a row of weights for each neuron and multiplies by the transpose
# fails: constructor, seeded
# points: 86
# diagnoses: init-w-transposed
# says: and for the numbers that a seed gives, and no more
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_neurons, n_inputs)
        self.b = np.zeros((1, n_neurons))

    def forward(self, a):
        self.a = a
        self.z = np.dot(a, self.w.T) + self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(dz.T, self.a)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w)
        return self.dz
