# style: the output is put together column by column, a unit at a time, as the formula for one neuron says
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
        n_inputs = self.input_shape[0]
        limit = 1 / n_inputs**0.5
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return sum(1 for _ in self.W.flat) + sum(1 for _ in self.w0.flat)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        columns = [X @ self.W[:, j] + self.w0[0, j] for j in range(self.n_units)]
        return np.stack(columns, axis=1)

    def backward_pass(self, accum_grad):
        grad_X = np.column_stack([accum_grad @ row for row in self.W])
        if self.trainable:
            grad_W = np.column_stack([self.layer_input.T @ g for g in accum_grad.T])
            grad_w0 = np.array([[g.sum() for g in accum_grad.T]])
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X

    def output_shape(self):
        return (self.n_units,)
