# mistake: draws the weights a first time only to print their range and then draws them again, which uses up the seeded numbers
# fails: seeded
# points: 94
# diagnoses: init-drawn-twice
import copy

import numpy as np


def draw_weights(n_in, n_out):
    limit = 1 / np.sqrt(n_in)
    return np.random.uniform(-limit, limit, (n_in, n_out))


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        trial = draw_weights(n_in, self.n_units)
        print("weights between", trial.min(), "and", trial.max())
        self.W = draw_weights(n_in, self.n_units)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        W_before = self.W
        if self.trainable:
            dW = np.dot(self.layer_input.T, accum_grad)
            dw0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return np.dot(accum_grad, W_before.T)
