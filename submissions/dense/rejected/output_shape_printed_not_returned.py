# mistake: prints the output shape and returns nothing
# fails: output-shape
# points: 99
# diagnoses: oshape-none
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
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return input_gradient

    def output_shape(self):
        print((self.n_units,))
