# mistake: thinks that no gradient flows through a frozen layer and returns zeros
# fails: trainable
# points: 97.33
# diagnoses: frozen-returns-zeros
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        if not self.trainable:
            # nothing is learned here, so the gradient stops
            return np.zeros(self.layer_input.shape)

        grad_input = np.dot(accum_grad, self.W.T)
        grad_W = np.dot(self.layer_input.T, accum_grad)
        grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
        self.W = self.W_opt.update(self.W, grad_W)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out
