# style: the weight gradient is a sum of np.outer over the rows of the batch; forward and input gradient go row by row
import copy
from functools import reduce

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
        return np.vstack([row @ self.W + self.w0 for row in X])

    def backward_pass(self, accum_grad):
        back = np.array([self.W @ g for g in accum_grad])
        if self.trainable:
            grad_W = reduce(np.add, map(np.outer, self.layer_input, accum_grad))
            grad_w0 = reduce(np.add, accum_grad).reshape(self.w0.shape)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return back

    def output_shape(self):
        return (self.n_units,)
