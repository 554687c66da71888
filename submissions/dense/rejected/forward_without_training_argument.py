# mistake: leaves the training argument out of forward_pass because the layer does not use it
# fails: forward
# points: 97.71
# diagnoses: fwd-no-training
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
        n_in, n_out = self.input_shape[0], self.n_units
        limit = n_in**-0.5
        self.W = np.random.uniform(-limit, limit, (n_in, n_out))
        self.w0 = np.zeros((1, n_out))
        self.W_opt, self.w0_opt = copy.copy(optimizer), copy.copy(optimizer)

    def forward_pass(self, X):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        dX = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(0, keepdims=True))
        return dX

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases
