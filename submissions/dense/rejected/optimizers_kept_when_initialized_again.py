# mistake: keeps its optimizers, with what they remember, when initialize is called again
# fails: optimizers
# points: 99.33
# diagnoses: none
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
        self.W_opt = self.w0_opt = None

    def initialize(self, optimizer):
        n_inputs = self.input_shape[0]
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        if self.W_opt is None:
            self.W_opt = copy.copy(optimizer)
            self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T

    def output_shape(self):
        return (self.n_units,)
