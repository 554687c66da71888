# mistake: writes numpy where the file only knows np
# fails: initialization, seeded, input-gradient, weight-gradient, bias-gradient, update, optimizers, parameters, state, purity
# points: 30.1
# diagnoses: import-missing

from copy import deepcopy
from math import sqrt

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.trainable = True
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out

    def initialize(self, optimizer):
        n_in, n_out = self.input_shape[0], self.n_units
        a = 1 / sqrt(n_in)
        self.W = numpy.random.uniform(low=-a, high=a, size=(n_in, n_out))
        self.w0 = np.zeros(shape=(1, n_out))
        self.opt_W, self.opt_w0 = deepcopy(optimizer), deepcopy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        out = X @ self.W
        out = out + self.w0
        return out

    def backward_pass(self, accum_grad):
        dX = accum_grad @ self.W.T
        if not self.trainable:
            return dX
        dW = self.layer_input.T @ accum_grad
        db = accum_grad.sum(axis=0).reshape(1, -1)
        self.W = self.opt_W.update(self.W, dW)
        self.w0 = self.opt_w0.update(self.w0, db)
        return dX
