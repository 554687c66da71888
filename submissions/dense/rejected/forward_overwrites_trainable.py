# mistake: takes training and trainable for the same switch and sets trainable in every forward pass
# fails: trainable
# points: 97.33
# diagnoses: trainable-set-by-forward
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
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        self.trainable = training
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases
