# style: the weights are kept in column-major memory order; the order in memory changes neither shape nor values
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
        drawn = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.W = np.asfortranarray(drawn)
        self.w0 = np.zeros((1, self.n_units), order="F")
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return np.size(self.W) + np.size(self.w0)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        # (W^T X^T)^T, so that the big operand is read along its columns
        return np.dot(self.W.T, X.T).T + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(self.W, accum_grad.T).T
        if self.trainable:
            grad_W = np.asfortranarray(np.dot(self.layer_input.T, accum_grad))
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = np.asfortranarray(self.W_opt.update(self.W, grad_W))
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
