# mistake: draws from a new np.random.default_rng() generator, which np.random.seed does not control
# fails: seeded
# points: 94
# diagnoses: init-own-generator
import copy

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        # the NumPy manual recommends Generator objects for new code
        rng = np.random.default_rng()
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = rng.uniform(-limit, limit, size=(self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return (self.W.shape[0] + 1) * self.n_units

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
