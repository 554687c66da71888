# style: copies in all caches, db as a row of shape (1, u), lists for the shapes
import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.act_fn = activate
        self.init_fn = initialization
        self.activation["activate"] = activate.__name__

    def compute_shapes(self, A):
        rows, columns = A.shape
        self.d["m"] = rows
        self.d["n"] = columns
        self.fs["X"] = [rows, columns]
        self.fs["W"] = [columns, self.d["u"]]
        self.fs["b"] = [1, self.d["u"]]

    def initialize_parameters(self):
        self.p["W"] = self.init_fn(tuple(self.fs["W"]), rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        self.fc["X"] = np.array(A, dtype=float)
        self.fc["Z"] = np.matmul(self.fc["X"], self.p["W"]) + self.p["b"]
        self.fc["A"] = self.act_fn(self.fc["Z"].copy())
        return self.fc["A"].copy()

    def backward(self, dX):
        activation_tune(self.se_hPars)
        self.bc["dA"] = dX.copy()
        slope = self.act_fn(self.fc["Z"].copy(), deriv=True)
        if slope.ndim == 2:
            self.bc["dZ"] = np.multiply(self.bc["dA"], slope)
        else:
            self.bc["dZ"] = np.stack([g @ J for g, J in zip(self.bc["dA"], slope)])
        self.bc["dX"] = np.matmul(self.bc["dZ"], np.transpose(self.p["W"]))
        return self.bc["dX"].copy()

    def compute_gradients(self):
        self.g["dW"] = np.matmul(np.transpose(self.fc["X"]), self.bc["dZ"])
        self.g["db"] = np.sum(self.bc["dZ"], axis=0, keepdims=True)
