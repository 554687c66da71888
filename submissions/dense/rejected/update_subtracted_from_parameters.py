# mistake: takes what update returns for a step and subtracts it from the old parameters
# fails: update
# points: 96
# diagnoses: update-taken-for-step
import copy
import math

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        dX = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            # gradient descent: new = old - step
            self.W = self.W - self.W_opt.update(self.W, dW)
            self.w0 = self.w0 - self.w0_opt.update(self.w0, dw0)
        return dX
