# mistake: writes the output into an array that it returned before
# fails: state
# points: 99.5
# diagnoses: none
import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.w = 0.10 * np.random.randn(n_inputs, n_neurons)
        self.b = np.zeros((1, n_neurons))
        self.outputs = {}

    def forward(self, a):
        self.a = a
        if len(a) not in self.outputs:
            self.outputs[len(a)] = np.empty((len(a), self.w.shape[1]))
        self.z = self.outputs[len(a)]
        np.dot(a, self.w, out=self.z)
        self.z += self.b
        return self.z

    def backward(self, dz):
        self.dw = np.dot(self.a.T, dz)
        self.db = np.sum(dz, axis=0, keepdims=True)
        self.dz = np.dot(dz, self.w.T)
        return self.dz
