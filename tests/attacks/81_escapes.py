# ATTACK: prints, raises and names things with terminal codes, markup, XML controls and formulas
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


NASTY = "\x1b]0;owned\x07\x1b[2J\x1b[31m100 / 100\x1b[0m\r\x08\x9b31m\u202e</pre><script>alert(1)</script>"
NASTY += "]]>&#0;\x00\x0b\ufffe[bold red]x[/bold red]=cmd|' /C calc'!A1\n=HYPERLINK(1)\n@SUM(1)\n"
print(NASTY)


class Nasty(Exception):
    pass


Nasty.__name__ = Nasty.__qualname__ = NASTY.replace("\x00", "")
Nested = type(NASTY.replace("\x00", ""), (), {"__module__": NASTY})


def forward_pass(self, X, training=True):
    print(NASTY)
    raise Nasty(NASTY)


def backward_pass(self, accum_grad):
    print(NASTY)
    return {NASTY: Nested()}


def output_shape(self):
    return NASTY


Dense.forward_pass, Dense.backward_pass, Dense.output_shape = forward_pass, backward_pass, output_shape
