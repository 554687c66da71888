# mistake: forward_pass sets trainable to training, and the new parameters are never assigned, so the weights of a frozen layer still look untouched
# fails: trainable, update
# points: 94.67
# diagnoses: update-discarded, trainable-set-by-forward
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.trainable = training
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            self.W_opt.update(self.W, self.layer_input.T.dot(accum_grad))
            self.w0_opt.update(self.w0, np.sum(accum_grad, axis=0, keepdims=True))
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))
