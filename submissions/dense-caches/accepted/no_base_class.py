# style: not derived from Layer; makes the same dictionaries itself
import numpy as np
import maths


class Dense:
    def __init__(self, units=1, activate=maths.sigmoid, initialization=maths.xavier, se_hPars=None):
        self.d, self.fs, self.p = {"u": units}, {}, {}
        self.fc, self.bc, self.g = {}, {}, {}
        self.activation = {"activate": activate.__name__}
        self.se_hPars = se_hPars
        self.np_rng = np.random.default_rng()
        self.activate, self.initialization = activate, initialization

    def compute_shapes(self, A):
        self.d["m"], self.d["n"] = A.shape
        self.fs["X"] = A.shape
        self.fs["W"] = self.d["n"], self.d["u"]
        self.fs["b"] = 1, self.d["u"]

    def initialize_parameters(self):
        self.p["W"] = self.initialization(self.fs["W"], rng=self.np_rng)
        self.p["b"] = np.zeros(self.fs["b"])

    def forward(self, A):
        maths.activation_tune(self.se_hPars)
        self.fc["X"] = A
        self.fc["Z"] = A.dot(self.p["W"]) + self.p["b"]
        self.fc["A"] = self.activate(self.fc["Z"])
        return self.fc["A"]

    def backward(self, dX):
        maths.activation_tune(self.se_hPars)
        dZ = self.activate(self.fc["Z"], deriv=True)
        dZ = dX * dZ if dZ.ndim == 2 else (dX[:, None, :] @ dZ).squeeze(1)
        self.bc.update(dA=dX, dZ=dZ, dX=dZ.dot(self.p["W"].T))
        return self.bc["dX"]

    def compute_gradients(self):
        self.g["dW"] = self.fc["X"].T.dot(self.bc["dZ"])
        self.g["db"] = self.bc["dZ"].sum(axis=0)
