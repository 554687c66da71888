# style: what update returns is copied into the arrays that are there already, which belong to the layer
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
        self.W = np.empty((self.input_shape[0], self.n_units))
        self.w0 = np.empty((1, self.n_units))
        self.W[...] = np.random.uniform(-limit, limit, self.W.shape)
        self.w0.fill(0)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        out = np.empty((X.shape[0], self.n_units))
        np.dot(X.astype(float), self.W, out=out)
        out += self.w0
        return out

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            np.copyto(self.W, self.W_opt.update(self.W, self.layer_input.T.dot(accum_grad)))
            self.w0[:] = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return grad_input

    def output_shape(self):
        return (self.n_units,)
