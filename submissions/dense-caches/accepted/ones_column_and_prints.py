# style: the bias as a row of the weights behind a column of ones; prints as it goes
import numpy as np
from layer import Layer
from maths import *


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.activate = activate
        self.initialization = initialization
        self.activation["activate"] = activate.__name__
        print("a layer of", units, "units")

    def compute_shapes(self, A):
        self.d["m"], self.d["n"] = A.shape
        self.fs["X"] = A.shape
        self.fs["W"] = (A.shape[1], self.d["u"])
        self.fs["b"] = (1, self.d["u"])
        print(self.fs)

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = 0 * np.ones(self.fs["b"])

    def forward(self, A):
        ones = np.ones((len(A), 1))
        stacked = np.hstack([A, ones]) @ np.vstack([self.p["W"], self.p["b"]])
        activation_tune(self.se_hPars)
        self.fc.update(X=A, Z=stacked, A=self.activate(stacked))
        return self.fc["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        slope = self.activate(self.fc["Z"], deriv=True)
        if slope.ndim == 3:
            dZ = (dX[:, :, None] * slope).sum(axis=1)
        else:
            dZ = dX * slope
        self.bc.update(dA=dX, dZ=dZ, dX=(self.p["W"] @ dZ.T).T)
        return self.bc["dX"]

    def compute_gradients(self):
        ones = np.ones((len(self.fc["X"]), 1))
        both = np.hstack([self.fc["X"], ones]).T @ self.bc["dZ"]
        self.g["dW"], self.g["db"] = both[:-1], both[-1]
