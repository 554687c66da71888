# style: does not inherit from Layer but offers all of its methods itself, so it can be used wherever a layer can
import copy

import numpy as np


class Dense:
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return type(self).__name__

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, size=(n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_X = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(0)[None, :])
        return grad_X

    def output_shape(self):
        return (self.n_units,)
