# ATTACK: has copies of an optimizer remember large arrays, by calls that its own process does not make
# EXPECT: not-full
# LEAK: no
import copy
import math

import numpy as np


class Layer(object):
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape, self.trainable = n_units, input_shape, True
        self.W, self.w0 = None, None

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.given = optimizer
        self.W_opt, self.w0_opt = copy.copy(optimizer), copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.X = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        W, grad_w = self.W, self.X.T @ accum_grad
        grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
        self.given._objects.own_objects = dict.fromkeys(self.given._objects.own_objects)
        column, row = np.ones((1500, 1)), np.ones((1, 1500))
        for one in [copy.copy(self.given) for _ in range(20)]:
            for value in (column, row, np.ones((500, 500))):
                try:
                    copy.copy(one).update(value, value)
                except Exception:
                    pass
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T

    def parameters(self):
        return self.W.size + self.w0.size

    def output_shape(self):
        return (self.n_units,)
