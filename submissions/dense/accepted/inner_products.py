# style: np.inner in place of a product with a transpose: it runs over the last axes of both
import copy

import numpy as np
from numpy import inner, random, zeros


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = np.power(float(self.input_shape[0]), -0.5)
        self.W = random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.shape[0] * self.W.shape[1] + self.n_units

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return inner(X, self.W.T) + self.w0

    def backward_pass(self, accum_grad):
        upstream = inner(accum_grad, self.W)
        if self.trainable:
            self.W = self.W_opt.update(self.W, inner(self.layer_input.T, accum_grad.T))
            self.w0 = self.w0_opt.update(
                self.w0, inner(np.ones((1, accum_grad.shape[0])), accum_grad.T)
            )
        return upstream

    def output_shape(self):
        return (self.n_units,)
