# style: trainable is a property with a setter, and shapes are checked before they are used
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units: int, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self._trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return int(self.W.size + self.w0.size)

    def forward_pass(self, X, training=True):
        X = np.asarray(X, dtype=float)
        if X.ndim != 2 or X.shape[1] != self.W.shape[0]:
            raise ValueError(f"X has shape {X.shape}, W has {self.W.shape}")
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        G = np.asarray(accum_grad)
        assert G.shape == (len(self.layer_input), self.n_units)
        grad_input = G @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ G)
            self.w0 = self.w0_opt.update(self.w0, G.sum(axis=0, keepdims=True))
        assert grad_input.shape == self.layer_input.shape
        return grad_input

    def output_shape(self):
        return (self.n_units,)
