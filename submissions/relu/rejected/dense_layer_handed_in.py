# mistake: hands in the file for another exercise
# fails: unloadable
# points: 0
# diagnoses: other-problem
# says: grader check dense
import copy

import numpy as np


class Dense:
    """A fully connected layer with n_units outputs."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        """Draw W from U(-limit, limit), limit = 1 / sqrt(n_inputs); start w0 at zero."""
        n_inputs = self.input_shape[0]
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(-limit, limit, (n_inputs, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self):
        """Return the number of weights and biases."""
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        """Return X W + w0, shape (batch, n_units), for X of shape (batch, n_inputs)."""
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        """Return dL/dX, given accum_grad = dL/dY of shape (batch, n_units); update if trainable."""
        input_gradient = accum_grad @ self.W.T  # through the weights that made the output
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return input_gradient

    def output_shape(self):
        """Return the shape of one output row."""
        return (self.n_units,)
