# style: drawing the weights is left to a mixin, beside Layer among the bases
import copy

import numpy as np


class UniformFanIn:
    """Draws an array from U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""

    def draw(self, fan_in, fan_out):
        limit = 1 / np.sqrt(fan_in)
        return np.random.uniform(-limit, limit, (fan_in, fan_out))


class Dense(UniformFanIn, Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        self.W = self.draw(self.input_shape[0], self.n_units)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return grad_input

    def output_shape(self):
        return (self.n_units,)
