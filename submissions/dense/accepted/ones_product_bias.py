# style: the bias is treated as the weight of a constant input 1, so its gradient is a row of ones times accum_grad, i.e. the column sums
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        ones = np.ones((X.shape[0], 1))
        return X @ self.W + ones @ self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            ones = np.ones((accum_grad.shape[0], 1))
            grad_w0 = ones.T @ accum_grad
            grad_W = (accum_grad.T @ self.layer_input).T
            # the bias first: the two steps do not depend on each other
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
            self.W = self.W_opt.update(self.W, grad_W)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
