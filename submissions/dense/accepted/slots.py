# style: the attributes are declared in __slots__ and the backward pass asks for what is missing
import copy

import numpy as np


class Dense(Layer):
    __slots__ = ("n_units", "trainable", "W", "w0", "layer_input", "_opt_W", "_opt_w0")

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        assert self.input_shape is not None, "set_input_shape first"
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self._opt_W = copy.copy(optimizer)
        self._opt_w0 = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        if self.layer_input is None:
            raise RuntimeError("backward_pass before forward_pass")
        out = accum_grad @ self.W.T
        if self.trainable is True:
            self.W = self._opt_W.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self._opt_w0.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return out

    def output_shape(self):
        return (self.n_units,)
