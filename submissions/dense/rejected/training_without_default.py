# mistake: gives training no default value, as the base class of the page has none
# fails: constructor
# points: 97
# diagnoses: argument-required

import copy

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        fan_in = self.input_shape[0]
        limit = 1 / np.sqrt(fan_in)
        self.W = np.random.uniform(-limit, limit, (fan_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        W_old = self.W
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W_old.T)

    def output_shape(self):
        return (self.n_units,)
