# mistake: keeps only the number of features instead of the whole input shape, since a dense layer needs no more
# fails: constructor
# points: 96
# diagnoses: input-shape-as-number
import copy
import math

import numpy as np


class Dense(Layer):
    """A fully-connected layer. input_shape is the number of features."""

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units = n_units
        self.input_shape = None
        if input_shape is not None:
            self.set_input_shape(input_shape)
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def set_input_shape(self, shape):
        self.input_shape = shape[0]

    def initialize(self, optimizer) -> None:
        limit = 1 / math.sqrt(self.input_shape)
        size = (self.input_shape, self.n_units)
        self.W = np.random.uniform(-limit, limit, size)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        return sum(p.size for p in (self.W, self.w0))

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        old_weights = self.W
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            dw0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return accum_grad @ old_weights.T

    def output_shape(self):
        return (self.n_units,)
