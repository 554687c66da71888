# mistake: freezes only the weights, the bias goes on learning
# fails: trainable
# points: 96
# diagnoses: half-frozen
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units: int, input_shape: tuple = None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        return (self.W.shape[0] + 1) * self.n_units

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            self.W = self.W_opt.update(self.W, grad_W)
        grad_w0 = accum_grad.sum(axis=0, keepdims=True)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
