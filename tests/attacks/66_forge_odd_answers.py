# ATTACK: answers in place of its objects, with values of every kind in the right frames
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

    def parameters(self):
        return 0

    def forward_pass(self, X, training):
        raise NotImplementedError()

    def backward_pass(self, accum_grad):
        raise NotImplementedError()

    def output_shape(self):
        raise NotImplementedError()


class Dense(Layer):  # a fully correct solution
    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
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
        W = self.W  # the weights used in the forward pass
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W.T)

    def output_shape(self):
        return (self.n_units,)


def trying(what, probe):
    """Print a LOOT line if something forbidden worked; what was found is never printed."""
    try:
        if probe() is False:
            return
    except BaseException:
        return
    print("", "LOOT " + what, sep="\n", flush=True)


import gc
import sys

frame = sys._getframe()
while frame and "self" not in frame.f_locals:
    frame = frame.f_back
server = frame.f_locals["self"] if frame else None

import random

from grader.sandbox import wire

dice = random.Random(66)
true_outcome = type(server)._outcome
VALUES = [
    *[None, True, 0, -3, 2**200, 1.5, float("nan"), float("inf"), 1j, "text", "", b"x", object()],
    *[[], [1, 2], (), (2,), {}, {"a": 1}, range(3), np.zeros(()), np.zeros((1, 1)), np.zeros(0)],
    *[np.zeros((2, 2)), np.float16(3), np.array([True]), np.array([1 + 2j]), np.array(["a"])],
    *[np.full((2, 3), np.nan), np.ones((1,) * 20), np.array([None]), [np.ones(3), [np.ones(1)]]],
    *[wire.Opaque("x", "y"), wire.Ref(3), wire.Exposed(1, "SGD", ("update",), {})],
]
LINES = [-5, 0, 3, 10**9, 2**100]


def outcome(operation, writer):
    if operation[0] == "load" or dice.random() < 0.5:
        return true_outcome(server, operation, writer)
    if dice.random() < 0.1:
        detail = writer.value(dice.choice([{}, {"line": "x"}, {"code": [1]}, {1: 2}]))
        return ["raised", dice.choice(["MemoryError", "x" * 50]), "m", [[dice.choice(LINES), "f"]], detail]
    return ["ok", writer.value(dice.choice(VALUES))]


server._outcome = outcome
