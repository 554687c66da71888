# style: a context manager sets the settings of the activation and puts the usual ones back
import contextlib

import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


@contextlib.contextmanager
def tuned(settings):
    activation_tune(settings)
    try:
        yield
    finally:
        activation_tune(None)


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.activate = activate
        self.initialization = initialization
        self.activation["activate"] = activate.__name__

    def compute_shapes(self, A):
        self.d["m"], self.d["n"] = self.fs["X"] = A.shape
        self.fs["W"], self.fs["b"] = (A.shape[1], self.d["u"]), (1, self.d["u"])

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        self.fc["X"] = A
        self.fc["Z"] = A @ self.p["W"] + self.p["b"]
        with tuned(self.se_hPars):
            self.fc["A"] = self.activate(self.fc["Z"])
        return self.fc["A"]

    def backward(self, dX):
        with tuned(self.se_hPars):
            slope = self.activate(self.fc["Z"], deriv=True)
        self.bc["dA"] = dX
        self.bc["dZ"] = dX * slope if slope.ndim == 2 else np.einsum("ij,ijk->ik", dX, slope)
        self.bc["dX"] = self.bc["dZ"] @ self.p["W"].T
        return self.bc["dX"]

    def compute_gradients(self):
        self.g["dW"] = self.fc["X"].T @ self.bc["dZ"]
        self.g["db"] = sum(self.bc["dZ"])
