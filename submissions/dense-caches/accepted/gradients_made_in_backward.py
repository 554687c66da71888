# style: backward makes all gradients at once; compute_gradients only hands them out
import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = self.units = units
        self.activate = activate
        self.initialization = initialization
        self.activation["activate"] = activate.__name__

    def compute_shapes(self, A):
        self.d["m"], self.d["n"] = A.shape
        self.fs["X"], self.fs["W"], self.fs["b"] = A.shape, (A.shape[1], self.units), (1, self.units)

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        self.X = A
        self.Z = self.X @ self.p["W"] + self.p["b"]
        self.A = self.activate(self.Z)
        self.fc = {"X": self.X, "Z": self.Z, "A": self.A}
        return self.A

    def backward(self, dX):
        activation_tune(self.se_hPars)
        dA = dX
        slope = self.activate(self.Z, deriv=True)
        if slope.ndim > 2:
            self.dZ = np.squeeze(np.expand_dims(dA, 1) @ slope, axis=1)
        else:
            self.dZ = dA * slope
        self._dW = self.X.T @ self.dZ
        self._db = np.ones(len(dA)) @ self.dZ
        self.bc = {"dA": dA, "dZ": self.dZ, "dX": self.dZ @ self.p["W"].T}
        return self.bc["dX"]

    def compute_gradients(self):
        self.g["dW"] = self._dW
        self.g["db"] = self._db
