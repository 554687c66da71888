"""The base class of all layers: the dictionaries that a layer works with."""

import numpy as np


class Layer:
    """What every layer has. The dictionaries are empty at first.

    Attributes:
        d: Dimensions, numbers by name.
        fs: Forward shapes, tuples by name.
        p: Parameters, arrays by name.
        fc: Forward cache, arrays by name.
        bc: Backward cache, arrays by name.
        g: Gradients of the parameters, arrays by name.
        activation: Names of the layer's activation functions.
        se_hPars: Settings of the activation functions; None for the usual ones.
        np_rng: NumPy generator that the layer draws its random numbers from.
    """

    def __init__(self, se_hPars=None):
        self.d = {}
        self.fs = {}
        self.p = {}
        self.fc = {}
        self.bc = {}
        self.g = {}
        self.activation = {}
        self.se_hPars = se_hPars
        self.np_rng = np.random.default_rng()

    def update_parameters(self, learning_rate):
        """Take a step: subtract learning_rate times its gradient from each parameter, in place."""
        for name, gradient in self.g.items():
            self.p[name[1:]] -= learning_rate * gradient
