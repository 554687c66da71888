# style: no product of matrices at all: three-dimensional arrays are multiplied element by element and summed over one axis
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
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        # (batch, in, 1) * (1, in, units)
        return np.sum(X[:, :, np.newaxis] * self.W[np.newaxis, :, :], axis=1) + self.w0

    def backward_pass(self, accum_grad):
        # (batch, 1, units) * (1, in, units)
        grad_X = np.sum(accum_grad[:, np.newaxis, :] * self.W[np.newaxis, :, :], axis=2)
        if self.trainable:
            # (batch, in, 1) * (batch, 1, units)
            grad_W = np.sum(
                self.layer_input[:, :, np.newaxis] * accum_grad[:, np.newaxis, :], axis=0
            )
            grad_w0 = np.sum(accum_grad, axis=0)[np.newaxis, :]
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X

    def output_shape(self):
        return (self.n_units,)
