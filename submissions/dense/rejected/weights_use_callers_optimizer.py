# mistake: copies the optimizer for the bias only, so all layers' weights share the caller's optimizer
# fails: optimizers
# points: 96
# diagnoses: opt-original
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
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        # two parameters need two optimizers: the given one and a copy
        self.W_opt = optimizer
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
            grad_W = np.dot(self.layer_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input
