# mistake: computes in single precision
# fails: forward
# points: 94.4
# diagnoses: output-in-float32
import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.activate = activate
        self.initialization = initialization
        self.activation["activate"] = activate.__name__

    def compute_shapes(self, A):
        self.fs["X"] = A.shape
        self.d["m"], self.d["n"] = A.shape
        self.fs["W"] = (self.d["n"], self.d["u"])
        self.fs["b"] = (1, self.d["u"])

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        X = self.fc["X"] = A
        Z = self.fc["Z"] = np.dot(X, self.p["W"]) + self.p["b"]
        A = self.fc["A"] = self.activate(Z).astype(np.float32)
        return A

    def backward(self, dX):
        activation_tune(self.se_hPars)
        dA = self.bc["dA"] = dX
        slope = self.activate(self.fc["Z"], deriv=True)
        if slope.ndim == 3:
            dZ = np.einsum("ij,ijk->ik", dA, slope)
        else:
            dZ = dA * slope
        self.bc["dZ"] = dZ
        dX = self.bc["dX"] = np.dot(dZ, self.p["W"].T)
        return dX

    def compute_gradients(self):
        X, dZ = self.fc["X"], self.bc["dZ"]
        self.g["dW"] = np.dot(X.T, dZ)
        self.g["db"] = np.sum(dZ, axis=0)
