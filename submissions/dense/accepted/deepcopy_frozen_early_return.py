# style: deepcopy for the optimizers, and a frozen layer leaves backward_pass early, with the same gradient a trainable one returns
from copy import deepcopy
from math import sqrt

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
        limit = 1.0 / sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = deepcopy(optimizer)
        self.w0_opt = deepcopy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.matmul(accum_grad, self.W.T)
        if not self.trainable:
            return grad_input

        grad_W = np.matmul(self.layer_input.T, accum_grad)
        grad_w0 = accum_grad.sum(axis=0, keepdims=True)
        self.W = self.W_opt.update(self.W, grad_W)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
