# style: update is called with the names of its arguments, w and grad, as the statement gives them
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        vars(self).update(n_units=n_units, input_shape=input_shape, trainable=True)
        vars(self).update(W=None, w0=None, layer_input=None)

    def initialize(self, optimizer):
        n_inputs = self.input_shape[0]
        limit = 1 / np.sqrt(n_inputs)
        self.W = np.random.uniform(low=-limit, high=limit, size=(n_inputs, self.n_units))
        self.w0 = np.zeros(shape=(1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.add(np.dot(a=X, b=self.W), self.w0)

    def backward_pass(self, accum_grad):
        grad_input = np.dot(a=accum_grad, b=self.W.T)
        if self.trainable:
            grad_w = np.dot(a=self.layer_input.T, b=accum_grad)
            grad_w0 = np.sum(a=accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(w=self.W, grad=grad_w)
            self.w0 = self.w0_opt.update(w=self.w0, grad=grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
