# mistake: the limit is the square root of the number of inputs, not one divided by it, so wide layers start with huge weights
# fails: initialization
# points: 96.31
# diagnoses: limit-inverted
from copy import copy
from math import sqrt

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        rows, cols = self.input_shape[0], self.n_units
        limit = sqrt(rows)
        self.W = np.random.uniform(low=-limit, high=limit, size=(rows, cols))
        self.w0 = np.zeros((1, cols))
        self.W_opt, self.w0_opt = copy(optimizer), copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        out_grad = np.matmul(accum_grad, self.W.T)
        if self.trainable:
            W_grad = np.matmul(self.layer_input.T, accum_grad)
            w0_grad = accum_grad.sum(axis=0).reshape(1, -1)
            self.W = self.W_opt.update(self.W, W_grad)
            self.w0 = self.w0_opt.update(self.w0, w0_grad)
        return out_grad

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out
