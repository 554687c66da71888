# mistake: calls the bias b, as many textbooks do, so that the attribute w0 does not exist
# fails: constructor
# points: 97
# diagnoses: parameters-misnamed
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.b = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.b = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.b_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.b.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.b

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_b = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.b = self.b_opt.update(self.b, grad_b)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
