"""Activations, and the table in which they are found by name.

All of them work on an array of any shape, element by element, and return a new array.
"""

import numpy as np


class Activation:
    """A function that follows an affine map, with its derivative.

    Attributes:
        name: Its key in ACTIVATIONS.
        function: From z to f(z).
        derivative: From z, what comes before the activation, to f'(z).
    """

    def __init__(self, name, function, derivative):
        self.name = name
        self.function = function
        self.derivative = derivative

    def __repr__(self):
        return f"<activation {self.name}>"


def _sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def _sigmoid_slope(z):
    return _sigmoid(z) * (1 - _sigmoid(z))


linear = Activation("linear", np.copy, np.ones_like)
relu = Activation("relu", lambda z: np.maximum(z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0))
sigmoid = Activation("sigmoid", _sigmoid, _sigmoid_slope)
tanh = Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2)

ACTIVATIONS = {activation.name: activation for activation in (linear, relu, sigmoid, tanh)}
