"""Reference solution of the problem `dense-caches`: a dense layer that works with dictionaries."""

import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


class Dense(Layer):
    """A fully connected layer of `units` units: A = activate(X W + b)."""

    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.activate = activate
        self.initialization = initialization
        self.activation["activate"] = activate.__name__

    def compute_shapes(self, A):
        """Fill d["m"], d["n"] and the shapes of X, W and b, for an input A of shape (m, n)."""
        self.d["m"], self.d["n"] = self.fs["X"] = A.shape
        self.fs["W"] = (self.d["n"], self.d["u"])
        self.fs["b"] = (1, self.d["u"])

    def initialize_parameters(self):
        """Draw p["W"] from the layer's own generator; start p["b"] at zero."""
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        """Fill fc and return the output, of shape (m, u)."""
        activation_tune(self.se_hPars)
        self.fc["X"] = A
        self.fc["Z"] = A @ self.p["W"] + self.p["b"]
        self.fc["A"] = self.activate(self.fc["Z"])
        return self.fc["A"]

    def backward(self, dX):
        """Fill bc and return dL/dX, of shape (m, n), for what comes in, dL/dA."""
        activation_tune(self.se_hPars)
        self.bc["dA"] = dX
        slope = self.activate(self.fc["Z"], deriv=True)
        along_rows = "mj,mjk->mk" if slope.ndim == 3 else "mk,mk->mk"
        self.bc["dZ"] = np.einsum(along_rows, dX, slope)
        self.bc["dX"] = self.bc["dZ"] @ self.p["W"].T
        return self.bc["dX"]

    def compute_gradients(self):
        """Fill g with the gradients of W, of shape (n, u), and b, of shape (u,)."""
        self.g["dW"] = self.fc["X"].T @ self.bc["dZ"]
        self.g["db"] = self.bc["dZ"].sum(axis=0)
