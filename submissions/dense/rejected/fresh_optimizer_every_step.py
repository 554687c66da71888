# mistake: copies the optimizer again in every backward pass, so momentum and the like start from nothing each time
# fails: optimizers
# points: 98.67
# diagnoses: opt-copied-every-step
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

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
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            # work on copies, so that the originals stay clean
            W_opt = copy.copy(self.W_opt)
            w0_opt = copy.copy(self.w0_opt)
            self.W = W_opt.update(self.W, grad_W)
            self.w0 = w0_opt.update(self.w0, grad_w0)
        return grad_input
