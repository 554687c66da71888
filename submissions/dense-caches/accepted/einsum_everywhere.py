# style: einsum for all products, with the axes named m, n and u as in the statement
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
        self.p["b"] = np.zeros(self.fs["b"])
        self.p["W"] = self.initialization(rng=self.np_rng, shape=self.fs["W"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        self.fc["X"] = A
        self.fc["Z"] = np.einsum("mn,nu->mu", A, self.p["W"]) + self.p["b"]
        self.fc["A"] = self.activate(self.fc["Z"])
        return self.fc["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        self.bc["dA"] = dX
        J = self.activate(self.fc["Z"], deriv=True)
        if J.ndim == 2:
            J = J[:, :, None] * np.eye(J.shape[1])
        self.bc["dZ"] = np.einsum("mj,mju->mu", dX, J)
        self.bc["dX"] = np.einsum("mu,nu->mn", self.bc["dZ"], self.p["W"])
        return self.bc["dX"]

    def compute_gradients(self):
        self.g["dW"] = np.einsum("mn,mu->nu", self.fc["X"], self.bc["dZ"])
        self.g["db"] = np.einsum("mu->u", self.bc["dZ"])
