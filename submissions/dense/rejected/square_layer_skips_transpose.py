# mistake: transposes W only when the shapes do not fit otherwise, which goes wrong silently in a square layer
# fails: input-gradient
# points: 89.5
# diagnoses: transposed-if-needed
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
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if accum_grad.shape[1] != W.shape[0]:
            W = W.T  # make the shapes fit
        grad_input = accum_grad.dot(W)

        if self.trainable:
            dW = self.layer_input.T.dot(accum_grad)
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
