# mistake: remembers trainable when the layer is initialized and does not notice when it is changed later
# fails: trainable
# points: 96
# diagnoses: trainable-ignored
import copy

import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        n_in, n_out = self.input_shape[0], self.n_units
        limit = 1.0 / np.sqrt(n_in)
        self.W = np.random.uniform(low=-limit, high=limit, size=(n_in, n_out))
        self.w0 = np.zeros((1, n_out))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)
        self.backward_steps = [self._input_gradient]
        if self.trainable:
            self.backward_steps.append(self._learn)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def _input_gradient(self, accum_grad):
        return accum_grad.dot(self.W.T)

    def _learn(self, accum_grad):
        grad_w = self.layer_input.T.dot(accum_grad)
        grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
        self.W = self.W_opt.update(self.W, grad_w)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)

    def backward_pass(self, accum_grad):
        results = [step(accum_grad) for step in self.backward_steps]
        return results[0]

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return self.W.size + self.w0.size
