# mistake: works sample by sample up to a fixed batch size of 16, and the rows of a larger batch stay zero
# fails: forward
# points: 90.86
# diagnoses: rows-left-out
import copy

import numpy as np

BATCH_SIZE = 16


class Dense(Layer):
    # fully-connected NN layer

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

    def parameters(self):
        return (self.W.shape[0] + 1) * self.n_units

    def forward_pass(self, X, training=True):
        self.layer_input = X
        output = np.zeros((len(X), self.n_units))
        for row in range(min(len(X), BATCH_SIZE)):
            output[row] = np.dot(X[row], self.W) + self.w0[0]
        return output

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.dot(self.layer_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
