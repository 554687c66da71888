# style: what the backward pass needs is put into a dictionary by the forward pass, W included, and taken from there
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
        self.ctx = {}

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.ctx = dict(X=X, W=self.W)
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        X, W = self.ctx["X"], self.ctx["W"]
        if self.trainable:
            self.W = self.W_opt.update(self.W, X.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, np.ones((1, len(X))) @ accum_grad)
        return accum_grad @ W.T

    def output_shape(self):
        return (self.n_units,)
