# mistake: draws a (n_units, n_inputs) matrix and transposes it, so the numbers of the stream land in other places
# fails: seeded
# points: 94
# diagnoses: init-drawn-transposed
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1.0 / np.sqrt(n_in)
        # one row of weights for each unit, then turned to fit X.dot(W)
        per_unit = np.random.uniform(-limit, limit, (self.n_units, n_in))
        self.W = per_unit.T
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T.dot(accum_grad))
            bias_grad = accum_grad.sum(axis=0, keepdims=True)
            self.w0 = self.w0_opt.update(self.w0, bias_grad)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
