# mistake: keeps a copy of X for itself and then normalises the caller's X in place for whoever uses it next
# fails: purity
# points: 98.5
# diagnoses: argument-changed
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

    def parameters(self) -> int:
        return sum(p.size for p in (self.W, self.w0))

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = np.array(X)
        if X.dtype.kind == "f":
            X -= X.mean(axis=0)  # centred data trains better
        return self.layer_input @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
