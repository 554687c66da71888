# mistake: sums the weight gradient over the inputs to get the bias gradient, as if every input were one
# fails: bias-gradient
# points: 92
# diagnoses: bias-from-weight-gradient
import copy

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def output_shape(self):
        return (self.n_units,)

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
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        W_old = self.W
        if self.trainable:
            delta = self.layer_input.T @ accum_grad
            self.W = self.W_opt.update(self.W, delta)
            # bias of a unit = all the weights that lead into it
            self.w0 = self.w0_opt.update(self.w0, delta.sum(axis=0, keepdims=True))
        return accum_grad @ W_old.T
