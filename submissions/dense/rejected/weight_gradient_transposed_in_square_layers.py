# mistake: multiplies in the wrong order and transposes only if the shape is not that of W, so square layers get the transposed gradient
# fails: weight-gradient
# points: 91
# diagnoses: weight-transposed-if-square
import copy

import numpy as np


def match_shape(grad, param):
    """Turn grad around if it does not have the shape of param."""
    if grad.shape != param.shape:
        grad = grad.T
    return grad


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer):
        n_in, n_out = self.input_shape[0], self.n_units
        limit = 1.0 / np.sqrt(n_in)
        self.W = np.random.uniform(low=-limit, high=limit, size=(n_in, n_out))
        self.w0 = np.zeros((1, n_out))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = match_shape(accum_grad.T @ self.layer_input, self.W)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
