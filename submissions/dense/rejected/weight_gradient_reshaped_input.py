# mistake: reshapes the input to (n_inputs, batch) instead of transposing it
# fails: weight-gradient
# points: 88
# diagnoses: input-reshaped
import copy
import math

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        batch, n_in = self.layer_input.shape
        dX = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.reshape(n_in, batch) @ accum_grad
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return dX

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return int(np.prod(self.W.shape) + np.prod(self.w0.shape))
