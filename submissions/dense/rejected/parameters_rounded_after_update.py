# mistake: rounds W and w0 to six decimals after each step to keep printouts tidy
# fails: update
# points: 96
# diagnoses: parameters-rounded
import copy

import numpy as np

DECIMALS = 6


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return (self.W.shape[0] + 1) * self.n_units

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.matmul(accum_grad, self.W.T)
        if self.trainable:
            dW = np.matmul(self.layer_input.T, accum_grad)
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = np.round(self.W_opt.update(self.W, dW), DECIMALS)
            self.w0 = np.round(self.w0_opt.update(self.w0, dw0), DECIMALS)
        return grad_input
