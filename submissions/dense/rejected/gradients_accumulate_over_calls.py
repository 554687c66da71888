# mistake: adds every new gradient to the ones of earlier backward passes and never resets the sums
# fails: state
# points: 99
# diagnoses: gradient-accumulates
import copy

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.grad_W = np.zeros((self.input_shape[0], self.n_units))
        self.grad_w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            self.grad_W = self.grad_W + self.layer_input.T @ accum_grad
            self.grad_w0 = self.grad_w0 + accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, self.grad_W)
            self.w0 = self.w0_opt.update(self.w0, self.grad_w0)
        return grad_input
