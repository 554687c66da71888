# mistake: takes input_shape for the number of inputs
# fails: initialization, seeded
# points: 86
# diagnoses: input-shape-taken-whole
# says: costs the points of initialization and no more
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
        n_inputs = self.input_shape
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        input_gradient = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return input_gradient

    def output_shape(self):
        return (self.n_units,)
