"""Implement a Dense layer that works with caches.

Fill in the methods of `Dense`. The modules `layer` and `maths` are given. Run this file beside
them to see the worked example of the statement.
"""

import numpy as np
from layer import Layer
from maths import activation_tune, sigmoid, tanh, xavier  # noqa: F401  (for you to use)


class Dense(Layer):
    """A fully connected layer: A = activate(X . W + b).

    Attributes:
        d: dimensions 'm' (samples), 'n' (inputs), 'u' (units).
        fs: shapes of 'X', 'W' and 'b', as tuples.
        p: parameters 'W' of shape (n, u) and 'b' of shape (1, u).
        fc: 'X', 'Z' and 'A', as the forward pass computed them.
        bc: 'dA', 'dZ' and 'dX', as the backward pass computed them.
        g: gradients 'dW' of shape (n, u) and 'db' of shape (u,).
    """

    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        """Keep what the layer is to be; Layer makes the dictionaries and keeps se_hPars."""
        super().__init__(se_hPars)
        # TODO: d['u'], activation['activate'], and the two functions

    def compute_shapes(self, A):
        """Fill d['m'], d['n'], fs['X'], fs['W'] and fs['b'], for an input A of shape (m, n)."""
        # TODO

    def initialize_parameters(self):
        """Make p['W'] with the initialization, from fs['W'] and np_rng; p['b'] is zeros."""
        # TODO

    def forward(self, A):
        """Fill fc['X'], fc['Z'] and fc['A'], and return the output, of shape (m, u).

        Call activation_tune(self.se_hPars) before you use the activation function.
        """
        # TODO

    def backward(self, dX):
        """Fill bc['dA'], bc['dZ'] and bc['dX'], and return the last one, of shape (m, n).

        dX: what the next layer returned: the gradient for the output of this layer, (m, u).
        """
        # TODO

    def compute_gradients(self):
        """Fill g['dW'] and g['db'] from fc['X'] and bc['dZ'], summed over the batch."""
        # TODO


if __name__ == "__main__":
    layer = Dense(units=3, activate=tanh)
    layer.np_rng = np.random.default_rng(42)
    X = np.array([[1.0, 2.0]])
    layer.compute_shapes(X)
    layer.initialize_parameters()
    print(layer.fs)
    print(layer.forward(X))
    print(layer.backward(np.array([[0.1, 0.2, 0.3]])))
    layer.compute_gradients()
    print(layer.g.get("dW"))
    print(layer.g.get("db"))
