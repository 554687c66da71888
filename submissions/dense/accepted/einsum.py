# style: every product is written as np.einsum with named axes, which sums over the same indices as dot and transpose
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


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / math.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        # b = batch, i = input feature, u = unit
        self.layer_input = X
        return np.einsum("bi,iu->bu", X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.einsum("bu,iu->bi", accum_grad, self.W)
        if self.trainable:
            grad_W = np.einsum("bi,bu->iu", self.layer_input, accum_grad)
            grad_w0 = np.einsum("bu->u", accum_grad)[np.newaxis, :]
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
