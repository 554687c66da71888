# style: both parameters are treated alike in a loop over their names, with an optimizer each in a dictionary
from copy import deepcopy

import numpy as np


class Dense(Layer):
    NAMES = ("W", "w0")

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        for name in self.NAMES:
            setattr(self, name, None)

    def initialize(self, optimizer):
        (n_inputs,) = self.input_shape
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, size=(n_inputs, self.n_units))
        self.w0 = np.full((1, self.n_units), 0.0)
        self.optimizers = {name: deepcopy(optimizer) for name in self.NAMES}

    def parameters(self):
        return sum(getattr(self, name).size for name in self.NAMES)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        input_gradient = accum_grad @ self.W.T
        if self.trainable:
            gradients = {
                "W": self.layer_input.T @ accum_grad,
                "w0": accum_grad.sum(axis=0, keepdims=True),
            }
            for name, gradient in gradients.items():
                new = self.optimizers[name].update(getattr(self, name), gradient)
                setattr(self, name, new)
        return input_gradient

    def output_shape(self):
        return (self.n_units,)
