# style: both parameters live in a dict of the instance; W and w0 are properties that read and write it, so they behave like plain attributes
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.params = {"W": None, "w0": None}
        self.optimizers = {}

    @property
    def W(self):
        return self.params["W"]

    @W.setter
    def W(self, value):
        self.params["W"] = value

    @property
    def w0(self):
        return self.params["w0"]

    @w0.setter
    def w0(self, value):
        self.params["w0"] = value

    @property
    def W_opt(self):
        return self.optimizers["W"]

    @property
    def w0_opt(self):
        return self.optimizers["w0"]

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.params["W"] = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.params["w0"] = np.zeros((1, self.n_units))
        self.optimizers = {name: copy.copy(optimizer) for name in self.params}

    def parameters(self):
        return sum(value.size for value in self.params.values())

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.params["W"] + self.params["w0"]

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.params["W"].T
        if self.trainable:
            grads = {
                "W": self.layer_input.T @ accum_grad,
                "w0": accum_grad.sum(axis=0, keepdims=True),
            }
            for name, grad in grads.items():
                stepped = self.optimizers[name].update(self.params[name], grad)
                self.params[name] = stepped
        return grad_input

    def output_shape(self):
        return (self.n_units,)
