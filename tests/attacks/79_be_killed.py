# ATTACK: has itself killed with SIGKILL, to look like the victim of somebody else and be run again
# EXPECT: not-full
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


import ctypes
import os
import resource
import signal
import threading


def die():
    libc = ctypes.CDLL(None, use_errno=True)
    me = os.getpid()
    for kill in (
        lambda: os.kill(me, signal.SIGKILL),
        lambda: os.kill(0, signal.SIGKILL) if os.getpgrp() == me else None,
        lambda: signal.raise_signal(signal.SIGKILL),
        lambda: signal.pthread_kill(threading.get_ident(), signal.SIGKILL),
        lambda: signal.pidfd_send_signal(os.pidfd_open(me), signal.SIGKILL),
        lambda: libc.sigqueue(me, signal.SIGKILL, None),
        lambda: libc.tgkill(me, me, 9),
        lambda: libc.prctl(1, 9, 0, 0, 0),
    ):
        try:
            kill()
        except (OSError, AttributeError):
            pass
    limits = resource.getrlimit(resource.RLIMIT_CPU)
    trying("lowered its own limits", lambda: resource.setrlimit(resource.RLIMIT_CPU, (limits[0], limits[0])))


def forward_pass(self, X, training=True):
    die()
    return np.zeros((len(X), self.n_units))


Dense.forward_pass = forward_pass
