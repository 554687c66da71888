# style: EpyNN's own way: local names beside the caches, shapes kept of everything
import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


def hadamard(dA, slope):
    if slope.ndim == 2:
        return dA * slope
    return np.sum(np.expand_dims(dA, 2) * slope, axis=1)


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.bs = {}
        self.d["u"] = units
        self.activate = activate
        self.initialization = initialization
        self.activation = {"activate": self.activate.__name__}
        self.trainable = True

    def update_shapes(self, cache, shapes):
        shapes.update({name: array.shape for name, array in cache.items()})

    def compute_shapes(self, A):
        X = A
        self.fs["X"] = X.shape
        self.d["m"] = self.fs["X"][0]
        self.d["n"] = self.fs["X"][1]
        self.fs["W"] = (self.d["n"], self.d["u"])
        self.fs["b"] = (1, self.d["u"])

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        X = self.fc["X"] = A
        Z = self.fc["Z"] = np.dot(X, self.p["W"]) + self.p["b"]
        A = self.fc["A"] = self.activate(Z)
        self.update_shapes(self.fc, self.fs)
        return A

    def backward(self, dX):
        activation_tune(self.se_hPars)
        dA = self.bc["dA"] = dX
        dZ = self.bc["dZ"] = hadamard(dA, self.activate(self.fc["Z"], deriv=True))
        dX = self.bc["dX"] = np.dot(dZ, self.p["W"].T)
        self.update_shapes(self.bc, self.bs)
        return dX

    def compute_gradients(self):
        X, dZ = self.fc["X"], self.bc["dZ"]
        self.g["dW"] = np.dot(X.T, dZ)
        self.g["db"] = np.sum(dZ, axis=0)
