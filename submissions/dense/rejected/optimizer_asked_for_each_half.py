# mistake: splits the batch into halves and asks the optimizer for a step for each
# fails: weight-gradient, bias-gradient, update
# points: 77.6
# diagnoses: weight-in-parts, bias-in-parts
import copy

import numpy as np
from layer import Layer


class Dense(Layer):

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        n_inputs = self.input_shape[0]
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        input_gradient = accum_grad @ self.W.T  # through the weights that made the output
        if self.trainable:
            half = (len(accum_grad) + 1) // 2
            for part in (slice(half), slice(half, None)):
                x, g = self.layer_input[part], accum_grad[part]
                if len(g):
                    self.W = self.W_opt.update(self.W, x.T @ g)
                    self.w0 = self.w0_opt.update(self.w0, g.sum(axis=0, keepdims=True))
        return input_gradient

    def output_shape(self):
        return (self.n_units,)
