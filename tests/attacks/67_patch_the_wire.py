# ATTACK: patches json, struct and the codec, so that what is sent should be what is expected
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

import json
import struct

from grader.sandbox import wire


class Agreeable(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


_value, _array = wire.Writer.value, wire.Writer._array


def value(self, value, depth=0):
    return _value(self, {"ok": True, "passed": True} if isinstance(value, dict) else value, depth)


def array(self, array):
    node = _array(self, array)
    return {**node, "c": "expected", "equal": True}


for codec in [wire.Writer] + [thing for thing in gc.get_objects() if thing is wire.Writer]:
    codec.value, codec._array = value, array
json.JSONEncoder.default = lambda self, thing: "equal"
json.dumps = json.loads = lambda *_, **__: "[]"
struct.pack = lambda *_: b"\\0" * 4
wire.LENGTH = struct.Struct("<I")
wire.ProtocolError.__init__ = lambda *_: None

def forward_pass(self, X, training=True):
    self.layer_input = X
    return np.zeros((len(X), self.n_units))


Dense.forward_pass = forward_pass
