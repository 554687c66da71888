# mistake: makes the bias an array of whole numbers and writes each new value into it, so that fractions are lost
# fails: update
# points: 98.4
# diagnoses: kept-in-whole-numbers

import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = self.w0 = self.layer_input = None

    def initialize(self, optimizer):
        n_inputs = self.input_shape[0]
        limit = n_inputs**-0.5
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.array([[0] * self.n_units])
        self.optimizers = {"W": copy.deepcopy(optimizer), "w0": copy.deepcopy(optimizer)}

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        gradient = accum_grad @ self.W.T
        if self.trainable:
            gradients = {"W": self.layer_input.T @ accum_grad, "w0": accum_grad.sum(axis=0)[None]}
            for name, own in self.optimizers.items():
                parameter = getattr(self, name)
                parameter[:] = own.update(parameter, gradients[name])
        return gradient

    def output_shape(self):
        return (self.n_units,)
