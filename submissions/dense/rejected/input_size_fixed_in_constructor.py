# mistake: copies the input size in the constructor, so a shape that is set later with set_input_shape is ignored
# fails: initialization
# points: 98.15
# diagnoses: late-shape-ignored
import copy

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        # a single feature unless the caller says otherwise
        self.n_inputs = input_shape[0] if input_shape is not None else 1
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.n_inputs)
        self.W = np.random.uniform(-limit, limit, (self.n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))
