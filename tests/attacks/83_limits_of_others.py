# ATTACK: changes what other processes may use: limits (only read), processors, priority
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


import os
import resource

for who, pid in (("the parent", os.getppid()), ("the first process", 1)):
    trying(f"read the limits of {who}", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE))
    trying(
        f"set the processors of {who}", lambda: os.sched_setaffinity(pid, os.sched_getaffinity(pid))
    )
    trying(
        f"set the priority of {who}",
        lambda: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)),
    )
    trying(f"set the scheduling of {who}", lambda: os.sched_setscheduler(pid, 0, os.sched_param(0)))
    trying(f"moved {who} to its group", lambda: os.setpgid(pid, os.getpgid(pid)))
trying("set its own processors", lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)))
