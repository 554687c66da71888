# mistake: keeps W and b as attributes, not in p
# fails: initialization, generator, forward, input-gradient
# points: 73
# diagnoses: parameters-as-attributes, first-weights-kept, first-weights-in-backward
# says: no entry 'W'
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
        self.W = self.initialization(self.fs["W"], rng=self.np_rng)
        self.b = np.zeros(self.fs["b"])

    def forward(self, A):
        activation_tune(self.se_hPars)
        self.fc["X"] = A
        self.fc["Z"] = np.dot(A, self.W) + self.b
        self.fc["A"] = self.activate(self.fc["Z"])
        return self.fc["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        self.bc["dA"] = dX
        slope = self.activate(self.fc["Z"], deriv=True)
        if slope.ndim == 3:
            self.bc["dZ"] = np.einsum("mj,mjk->mk", dX, slope)
        else:
            self.bc["dZ"] = dX * slope
        self.bc["dX"] = np.dot(self.bc["dZ"], self.W.T)
        return self.bc["dX"]

    def compute_gradients(self):
        self.g["dW"] = np.dot(self.fc["X"].T, self.bc["dZ"])
        self.g["db"] = np.sum(self.bc["dZ"], axis=0)
