# mistake: returns a list instead of a tuple, which the next layer cannot join with other shapes
# fails: output-shape
# points: 99
# diagnoses: oshape-list
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            dW = self.layer_input.T.dot(accum_grad)
            dw0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return grad_input

    def output_shape(self):
        return [self.n_units]

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases
