# style: three nested loops for each product, as the sums stand in the statement; slow, and right
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
        n_inputs = self.input_shape[0]
        limit = 1 / math.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        count = 0
        for _ in range(self.input_shape[0]):
            for _ in range(self.n_units):
                count += 1
        for _ in range(self.n_units):
            count += 1
        return count

    def forward_pass(self, X, training=True):
        self.layer_input = X
        m, n = X.shape
        out = np.zeros((m, self.n_units))
        for i in range(m):
            for k in range(self.n_units):
                total = self.w0[0][k]
                for j in range(n):
                    total += X[i][j] * self.W[j][k]
                out[i][k] = total
        return out

    def backward_pass(self, accum_grad):
        m, n = self.layer_input.shape
        grad_X = np.zeros((m, n))
        grad_W = np.zeros((n, self.n_units))
        grad_w0 = np.zeros((1, self.n_units))
        for i in range(m):
            for k in range(self.n_units):
                grad_w0[0][k] += accum_grad[i][k]
                for j in range(n):
                    grad_X[i][j] += accum_grad[i][k] * self.W[j][k]
                    grad_W[j][k] += accum_grad[i][k] * self.layer_input[i][j]
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X

    def output_shape(self):
        return (self.n_units,)
