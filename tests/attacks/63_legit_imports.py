# ATTACK: LEGIT: imports much of what courses use, and uses it
# EXPECT: full
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


import abc
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import inspect
import io
import itertools
import json
import logging
import operator
import os
import pathlib
import pprint
import random
import re
import statistics
import string
import sys
import tempfile
import textwrap
import time
import traceback
import types
import typing
import unittest
import warnings
from typing import Optional

import numpy.linalg as la
from numpy.random import default_rng
from numpy.testing import assert_allclose

assert_allclose(la.inv(np.eye(2)), np.eye(2))
np.fft.fft([1.0, 2.0])
np.ma.masked_array([1], [True])
np.polynomial.Polynomial([1, 2])(3)
np.lib.stride_tricks.sliding_window_view(np.arange(4), 2)
default_rng(3).normal(size=2)
random.random()
time.sleep(0.001)
datetime.datetime.now().isoformat()
decimal.Decimal("1.5")
json.dumps({"a": [1]})
logging.getLogger("student").warning("logged")
pprint.pformat({"a": 1})
pathlib.Path("a/b").name
repr(np.arange(3.0))
with open(os.devnull, "w") as nowhere:
    print("hidden", file=nowhere)
try:
    raise ValueError("seen")
except ValueError:
    traceback.print_exc()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    warnings.warn("quiet")


class Example(unittest.TestCase):
    def test(self):
        self.assertEqual(1, 1)


suite = unittest.defaultTestLoader.loadTestsFromTestCase(Example)
assert unittest.TextTestRunner(stream=io.StringIO()).run(suite).wasSuccessful()
if __name__ == "__main__":
    unittest.main()
