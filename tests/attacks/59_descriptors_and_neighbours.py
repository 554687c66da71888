# ATTACK: uses every descriptor that it did not open, /proc of all processes, what the environment tells
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


import fcntl
import os
import resource
import stat

WANTED = {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "PWD", "SHLVL", "_"}
HARMLESS = ("PYTHON", "OPENBLAS_", "OMP_", "MKL_", "VECLIB_", "LD_LIBRARY_PATH", "TZ")


def inherited():
    sockets = 0
    for number in range(3, 4096):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if not stat.S_ISSOCK(mode):
            return True
        sockets += 1
    return sockets > 1  # one is the way in


def environment():
    names = [n for n in os.environ if n not in WANTED and not n.startswith(HARMLESS)]
    return bool(names)


def neighbours(part):
    for pid in [os.getpid(), os.getppid(), 1, *range(2, 400)]:
        try:
            descriptor = os.open("/proc/%d/%s" % (pid, part), os.O_RDONLY)
        except OSError:
            continue
        os.close(descriptor)
        return True
    return False


def ownership():
    for command in (8, 10, 15):  # F_SETOWN, F_SETSIG, F_SETOWN_EX
        fcntl.fcntl(1, command, os.getppid())


trying("an inherited descriptor", inherited)
trying("a telling environment", environment)
for part in ("mem", "environ", "maps", "cmdline", "stat", "task", "fd"):
    trying("/proc/N/" + part, lambda: neighbours(part))
trying("a signal by F_SETOWN", ownership)
trying("limits of the parent", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU))
trying("priority of the parent", lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19))
trying("processors of the parent", lambda: os.sched_setaffinity(os.getppid(), {0}))
trying("a real-time scheduler", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
trying("a descriptor of the parent", lambda: os.pidfd_open(os.getppid()))
trying("another root", lambda: os.chroot("/tmp"))
trying("a namespace", lambda: __import__("ctypes").CDLL(None).unshare(0x10000000) == 0)
trying("a new host name", lambda: __import__("ctypes").CDLL(None).sethostname(b"x", 0) == 0)
