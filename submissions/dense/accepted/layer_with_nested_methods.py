# style: redefines Layer, with everything after set_input_shape inside of that method
import copy

import numpy as np


class Layer(object):
    def set_input_shape(self, shape):
        self.input_shape = shape

        def layer_name(self):
            return self.__class__.__name__

        def parameters(self):
            return 0

        def forward_pass(self, X, training):
            raise NotImplementedError()

        def backward_pass(self, accum_grad):
            raise NotImplementedError()

        def output_shape(self):
            raise NotImplementedError()


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
