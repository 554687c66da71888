# mistake: sums inputs and gradients over the batch first and multiplies the sums, which mixes different samples
# fails: weight-gradient
# points: 88
# diagnoses: weight-outer-of-sums
import copy

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            x_sum = self.layer_input.sum(axis=0)
            g_sum = accum_grad.sum(axis=0)
            self.W = self.W_opt.update(self.W, np.outer(x_sum, g_sum))
            self.w0 = self.w0_opt.update(self.w0, g_sum.reshape(1, -1))
        return grad_input

    def output_shape(self):
        return (self.n_units,)
