# mistake: asks the optimizer for a step for each row, so later rows go through other weights
# fails: input-gradient, weight-gradient, bias-gradient, update
# points: 63.6
# diagnoses: input-gradient-row-by-row, weight-row-by-row, bias-row-by-row, update-row-by-row
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
        rows = []
        for x, g in zip(self.layer_input, accum_grad):
            rows.append(g @ self.W.T)
            if self.trainable:
                self.W = self.W_opt.update(self.W, np.outer(x, g))
                self.w0 = self.w0_opt.update(self.w0, g.reshape(1, -1))
        return np.array(rows)

    def output_shape(self):
        return (self.n_units,)
