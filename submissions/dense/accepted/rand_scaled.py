# style: the weights come from np.random.rand stretched to [-limit, limit], the same stream of numbers that np.random.uniform uses
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
        n_in, n_out = self.input_shape[0], self.n_units
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.rand(n_in, n_out) * 2 * limit - limit
        self.w0 = np.zeros(shape=(1, n_out), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return len(self.W.ravel()) + len(self.w0.ravel())

    def forward_pass(self, X, training=True):
        self.layer_input = X
        out = X.dot(self.W)
        out += self.w0
        return out

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.transpose())
        if self.trainable:
            grad_W = self.layer_input.transpose().dot(accum_grad)
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
