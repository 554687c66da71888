# style: loops over samples, inputs and units in place of products of arrays
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
        self.d["m"] = len(A)
        self.d["n"] = len(A[0])
        self.fs["W"] = (self.d["n"], self.d["u"])
        self.fs["b"] = (1, self.d["u"])

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        W, b = self.p["W"], self.p["b"]
        Z = np.zeros((A.shape[0], W.shape[1]))
        for i in range(A.shape[0]):
            for k in range(W.shape[1]):
                Z[i, k] = b[0, k]
                for j in range(A.shape[1]):
                    Z[i, k] += A[i, j] * W[j, k]
        activation_tune(self.se_hPars)
        self.fc["X"], self.fc["Z"], self.fc["A"] = A, Z, self.activate(Z)
        return self.fc["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        slope = self.activate(self.fc["Z"], deriv=True)
        dZ = np.zeros(dX.shape)
        for i, row in enumerate(dX):
            if slope.ndim == 3:
                for j, number in enumerate(row):
                    dZ[i] += number * slope[i, j]
            else:
                dZ[i] = row * slope[i]
        W = self.p["W"]
        down = np.zeros((dX.shape[0], W.shape[0]))
        for i in range(down.shape[0]):
            for j in range(down.shape[1]):
                down[i, j] = sum(dZ[i, k] * W[j, k] for k in range(W.shape[1]))
        self.bc["dA"], self.bc["dZ"], self.bc["dX"] = dX, dZ, down
        return down

    def compute_gradients(self):
        dW, db = np.zeros(self.p["W"].shape), np.zeros(self.p["W"].shape[1])
        for x, dz in zip(self.fc["X"], self.bc["dZ"]):
            dW += np.outer(x, dz)
            db += dz
        self.g["dW"], self.g["db"] = dW, db
