# mistake: sums the rows of accum_grad into its first row, which changes the caller's array
# fails: purity
# points: 98.5
# diagnoses: argument-changed
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units: int, input_shape: tuple = None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer) -> None:
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            # add up the gradients of all samples
            total = accum_grad[0]
            for sample_grad in accum_grad[1:]:
                total += sample_grad
            grad_w0 = total.reshape(1, -1)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return (self.W.shape[0] + 1) * self.n_units
