# mistake: creates the bias as a column of shape (n_units, 1), as in the textbook formula with column vectors
# fails: initialization
# points: 98.15
# diagnoses: bias-column
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((self.n_units, 1))  # b is a column vector
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.dot(self.layer_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))
