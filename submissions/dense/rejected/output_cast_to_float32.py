# mistake: converts the output to float32, as deep learning libraries do, and loses half of the digits
# fails: forward
# points: 90.86
# diagnoses: output-in-float32
import copy
import math

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

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        shape = (self.input_shape[0], self.n_units)
        self.W = np.random.uniform(-limit, limit, shape)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return (X @ self.W + self.w0).astype(np.float32)

    def backward_pass(self, accum_grad):
        grad_X = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_X
