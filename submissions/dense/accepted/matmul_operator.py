# style: written with @ and ** -0.5 and super().__init__(); these are the same operations as dot and 1 / sqrt
import copy

import numpy as np


class Dense(Layer):
    """Fully connected layer, y = x @ W + w0."""

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer):
        (n_in,) = self.input_shape
        limit = n_in**-0.5
        self.W = np.random.uniform(low=-limit, high=limit, size=[n_in, self.n_units])
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt, self.w0_opt = copy.copy(optimizer), copy.copy(optimizer)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        result = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(0, keepdims=True))
        return result

    def output_shape(self):
        return (self.n_units,)
