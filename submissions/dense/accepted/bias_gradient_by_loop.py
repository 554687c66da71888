# style: the parameter gradients are summed in plain Python loops over samples and units; slow, but they are the same sums
import copy
import math

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
        n_in = self.input_shape[0]
        limit = 1 / math.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.zeros(self.W.shape)
            for x_row, g_row in zip(self.layer_input, accum_grad):
                grad_W += np.outer(x_row, g_row)

            grad_w0 = np.zeros((1, self.n_units))
            for unit in range(self.n_units):
                for sample in range(len(accum_grad)):
                    grad_w0[0, unit] += accum_grad[sample, unit]

            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
