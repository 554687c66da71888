# mistake: draws the weights in the constructor when the input shape is known and draws them again in initialize
# fails: constructor, seeded
# points: 91
# diagnoses: made-too-early, init-drawn-twice
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None
        if input_shape is not None:
            self._reset_parameters()

    def _reset_parameters(self):
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        self._reset_parameters()
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

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
