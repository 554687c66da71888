# mistake: turns W around with reshape instead of a transpose; the shape fits but the numbers are in the wrong places
# fails: input-gradient
# points: 86
# diagnoses: weights-reshaped
import copy
import math

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer) -> None:
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        n_in, n_out = self.W.shape
        W_turned = self.W.reshape(n_out, n_in)
        grad_input = np.dot(accum_grad, W_turned)

        if self.trainable:
            grad_W = np.dot(self.layer_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return np.prod(self.W.shape) + np.prod(self.w0.shape)
