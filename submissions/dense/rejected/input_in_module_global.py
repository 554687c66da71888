# mistake: keeps the input for the backward pass in a global variable, which every other layer overwrites
# fails: state
# points: 99.67
# diagnoses: input-shared-by-layers
import copy

import numpy as np

last_input = None


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        n_in, n_out = self.input_shape[0], self.n_units
        limit = 1.0 / np.sqrt(n_in)
        self.W = np.random.uniform(low=-limit, high=limit, size=(n_in, n_out))
        self.w0 = np.zeros((1, n_out))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)

    def forward_pass(self, X, training=True):
        global last_input
        last_input = X
        self.layer_input = last_input
        return np.dot(last_input, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.dot(last_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input
