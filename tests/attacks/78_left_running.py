# ATTACK: timers, finalizers, exit handlers, audit hooks and tasks that outlive the answer
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


import asyncio
import atexit
import os
import signal
import sys
import threading
import weakref

_forward = Dense.forward_pass


def afterwards(*_):
    trying("wrote a file after the answer", lambda: os.close(os.open("left", os.O_CREAT | os.O_EXCL)))
    trying("forked after the answer", lambda: os.fork() or os._exit(0))


class Lasting:
    def __del__(self):
        afterwards()


async def task():
    for _ in range(3):
        await asyncio.sleep(0)
        afterwards()


def forward_pass(self, X, training=True):
    keeper = Lasting()
    keeper.me = keeper
    weakref.finalize(keeper, afterwards)
    for start in (lambda: threading.Timer(0.01, afterwards).start(), lambda: asyncio.run(task())):
        try:
            start()
        except (RuntimeError, OSError):
            pass
    return _forward(self, X, training)


Dense.forward_pass = forward_pass
atexit.register(afterwards)
for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, afterwards)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.2)
hooked = [0]


def hook(*_):
    hooked[0] += 1


sys.addaudithook(hook)
