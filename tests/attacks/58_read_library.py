# ATTACK: reads the reference and the expected values by every path it can think of
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


import ctypes
import importlib
import linecache
import mmap
import os
import pkgutil
import sys
import tokenize

NAMES = (
    "reference/dense.py",
    "problems/dense/expected.json",
    "problems/dense/checks.py",
    "submissions/dense/accepted/einsum.py",
    "library/reference/dense.py",
    "library/problems/dense/expected.json",
    "library/submissions/dense/accepted/einsum.py",
    "cli.py",
    "grading.py",
)


def folders():
    found = [os.path.dirname(np.__file__)]
    for module in list(sys.modules.values()):
        found += list(getattr(module, "__path__", []) or [])
        found.append(os.path.dirname(getattr(module, "__file__", "") or ""))
    frame = sys._getframe()
    while frame:
        found.append(os.path.dirname(frame.f_code.co_filename))
        for value in frame.f_locals.values():
            if isinstance(value, (list, tuple)):
                found += [item for item in value if isinstance(item, str)]
        frame = frame.f_back
    found += sys.path + list(sys.path_importer_cache)
    for folder in list(found):
        while folder not in ("/", ""):
            found.append(folder)
            folder = os.path.dirname(folder)
    for prefix in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
        version = "python%d.%d" % sys.version_info[:2]
        for packages in ("site-packages", "dist-packages"):
            found.append(os.path.join(prefix, "lib", version, packages))
        found.append(os.path.join(prefix, "lib", "python3", "dist-packages"))
    found += [os.path.join(f, "grader") for f in found]
    return [f for f in dict.fromkeys(found) if f]


def by_libc(path):
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.open(path.encode(), 0)
    if descriptor < 0:
        return False
    return len(os.read(descriptor, 1)) > 0


def by_directory(path):
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    return len(os.read(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=folder), 1)) > 0


def by_path_only(path):
    descriptor = os.open(path, os.O_PATH)
    return len(open("/proc/self/fd/%d" % descriptor).read(1)) > 0


WAYS = {
    "open": lambda path: len(open(path, "rb").read(1)) > 0,
    "os.open": lambda path: len(os.read(os.open(path, os.O_RDONLY), 1)) > 0,
    "libc": by_libc,
    "dir_fd": by_directory,
    "O_PATH": by_path_only,
    "np.fromfile": lambda path: np.fromfile(path, "u1", count=1).size > 0,
    "np.memmap": lambda path: np.memmap(path, "u1", "r").size > 0,
    "np.loadtxt": lambda path: bool(np.loadtxt(path, str, comments=None, delimiter=None).size),
    "linecache": lambda path: bool(linecache.getlines(path)),
    "tokenize": lambda path: bool(tokenize.open(path).read(1)),
    "root": lambda path: bool(open("/proc/self/root" + path).read(1)),
    "cwd": lambda path: bool(open(os.path.relpath(path, "/")).read(1)),
    "mmap": lambda path: mmap.mmap(os.open(path, os.O_RDONLY), 0, prot=mmap.PROT_READ).size() > 0,
}
seen = 0
for folder in folders():
    for name in NAMES:
        path = os.path.join(folder, name)
        try:
            os.stat(path)
        except OSError:
            continue
        seen += 1
        for way, read in WAYS.items():
            trying("%s by %s" % (name, way), lambda: read(path))
    trying("a listing of the grader", lambda: "cli.py" in os.listdir(folder))
for module in ("grader.model.problem", "grader.judge.session", "grader.cli", "reference.dense", "hypothesis"):
    trying("import of " + module, lambda: importlib.import_module(module))
for package, name in (("grader", "cli.py"), ("grader", "library/reference/dense.py")):
    trying("package data " + name, lambda: bool(pkgutil.get_data(package, name)))
print("saw", seen, "files")
