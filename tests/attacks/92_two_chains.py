# ATTACK: calls update thousands of times with what it returned, in turns
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
        W, w0 = [self.W], [self.w0]
        for n in range(1200):
            W.append(self.W_opt.update(W[n // 2], grad_w))
            w0.append(self.w0_opt.update(w0[n - n % 3], grad_w0))
        self.W, self.w0 = W[-1], w0[-1]
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T

    def parameters(self):
        return self.W.size + self.w0.size

    def output_shape(self):
        return (self.n_units,)
