# style: np.tensordot with explicit axes replaces dot and every transpose; the contracted axes are the same
import copy

import numpy as np

BATCH, FEATURES = 0, 1


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


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        limit = np.reciprocal(np.sqrt(float(shape[0])))
        self.W = np.random.uniform(-limit, limit, shape)
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(self.W_opt)

    def parameters(self):
        return int(np.prod(self.W.shape) + np.prod(self.w0.shape))

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.add(np.tensordot(X, self.W, axes=(FEATURES, 0)), self.w0)

    def backward_pass(self, accum_grad):
        old_W = self.W.copy()
        if self.trainable:
            grad_W = np.tensordot(self.layer_input, accum_grad, axes=(BATCH, BATCH))
            grad_w0 = np.add.reduce(accum_grad, axis=BATCH, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return np.tensordot(accum_grad, old_W, axes=(1, 1))

    def output_shape(self):
        return tuple([self.n_units])
