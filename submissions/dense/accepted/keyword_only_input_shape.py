# style: input_shape can be given by keyword only, which is how every network builder passes it, and calls stay readable
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, *, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.W = None
        self.w0 = None
        self.trainable = True

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (*self.input_shape, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        # one weight per input plus one bias, for each unit
        return (self.W.shape[0] + 1) * self.W.shape[1]

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        W_used = self.W
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = accum_grad.sum(axis=0).reshape(1, -1)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W_used.T)

    def output_shape(self):
        return (self.n_units,)
