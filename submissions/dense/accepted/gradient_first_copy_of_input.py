# style: keeps its own copy of the input and takes all three gradients before anything is stepped, so later changes cannot reach them
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
        self.grads = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = np.array(X, copy=True)
        return self.layer_input @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_X = accum_grad @ self.W.T
        grad_W = self.layer_input.T @ accum_grad
        grad_w0 = accum_grad.sum(axis=0, keepdims=True)
        self.grads = {"X": grad_X, "W": grad_W, "w0": grad_w0}
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X

    def output_shape(self):
        return (self.n_units,)
