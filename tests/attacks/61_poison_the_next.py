# ATTACK: leaves something for the next submission wherever it can
# EXPECT: any
# LEAK: yes
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


import builtins
import os
import sys

MARK = "_left_by_an_earlier_submission"
trying("what an earlier run left in Python", lambda: hasattr(builtins, MARK) or hasattr(np, MARK))
trying("what an earlier run left in the environment", lambda: MARK in os.environ)
setattr(builtins, MARK, True)
setattr(np, MARK, True)
os.environ[MARK] = "1"
np.random.seed(1)
np.seterr(all="raise")
np.set_printoptions(precision=1)
np.dot = np.matmul = np.allclose = lambda *a, **k: True
np.random.uniform = lambda *a, **k: np.ones(1)
sys.modules["layer"] = sys.modules["optimizers"] = sys.modules[__name__]
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.dirname(np.__file__), os.path.dirname(os.__file__)):
    for name in ("sitecustomize.py", "layer.py", ".grader_left"):
        path = os.path.join(folder, name)
        trying("a file " + path, lambda: (os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)), os.unlink(path)))
