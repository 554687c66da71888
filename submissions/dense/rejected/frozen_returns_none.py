# mistake: the return statement stands inside the if, so a frozen layer passes nothing on
# fails: trainable
# points: 97.33
# diagnoses: trainable-returns-none
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

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer) -> None:
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
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
        if self.trainable:
            grad_input = accum_grad @ self.W.T
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
            return grad_input
