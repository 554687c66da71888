# style: dictionaries of another class, attributes for what is used often, functools.partial
import functools
from collections import OrderedDict

import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, xavier


def apply_slope(dA, slope):
    return np.einsum("...j,...jk->...k", dA, slope) if slope.ndim == 3 else np.multiply(dA, slope)


class Dense(Layer):
    trainable = True

    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        super().__init__(se_hPars)
        self.d["u"] = units
        self.activate = activate
        self.slope = functools.partial(activate, deriv=True)
        self.initialization = initialization
        self.activation["activate"] = getattr(activate, "__name__")

    def compute_shapes(self, A):
        self.d["m"], self.d["n"] = np.shape(A)
        self.fs.update(X=np.shape(A), W=(self.d["n"], self.d["u"]), b=(1, self.d["u"]))

    def initialize_parameters(self):
        W = self.initialization(self.fs["W"], self.np_rng)
        self.p.update(W=W, b=np.zeros_like(W[:1]))

    def forward(self, A):
        activation_tune(self.se_hPars)
        cache = OrderedDict(X=A)
        cache["Z"] = np.add(np.tensordot(A, self.p["W"], axes=1), self.p["b"])
        cache["A"] = self.activate(cache["Z"])
        self.fc = dict(cache)
        return cache["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        cache = OrderedDict(dA=dX, dZ=apply_slope(dX, self.slope(self.fc["Z"])))
        cache["dX"] = np.inner(cache["dZ"], self.p["W"])
        self.bc = dict(cache)
        return cache["dX"]

    def compute_gradients(self):
        dZ = self.bc["dZ"]
        self.g["dW"] = (dZ.T @ self.fc["X"]).T
        self.g["db"] = np.add.reduce(dZ)
