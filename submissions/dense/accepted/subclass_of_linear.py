# style: the maths is in a class Linear of its own; Dense inherits it and adds what a trainable layer needs
import copy

import numpy as np


class Linear(Layer):
    @staticmethod
    def affine(X, W, b):
        return np.dot(X, W) + b

    @staticmethod
    def gradients(X, W, G):
        return np.dot(G, W.T), np.dot(X.T, G), G.sum(axis=0, keepdims=True)

    def output_shape(self):
        return (self.n_units,)


class Dense(Linear):
    def __init__(self, n_units, input_shape=None):
        super(Dense, self).__init__()
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
        return self.affine(X, self.W, self.w0)

    def backward_pass(self, accum_grad):
        grad_X, grad_W, grad_w0 = self.gradients(self.layer_input, self.W, accum_grad)
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X
