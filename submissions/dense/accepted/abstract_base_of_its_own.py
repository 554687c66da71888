# style: Layer is written anew as an abstract base class; Dense has all of its methods, so it can be made
import copy
from abc import ABC, abstractmethod

import numpy as np


class Layer(ABC):
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__

    @abstractmethod
    def parameters(self): ...

    @abstractmethod
    def forward_pass(self, X, training): ...

    @abstractmethod
    def backward_pass(self, accum_grad): ...

    @abstractmethod
    def output_shape(self): ...


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        fan_in = self.input_shape[0]
        bound = 1.0 / np.sqrt(fan_in)
        self.W = np.random.uniform(-bound, bound, (fan_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return np.size(self.W) + np.size(self.w0)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad = np.matmul(accum_grad, np.transpose(self.W))
        if self.trainable:
            self.W = self.W_opt.update(
                self.W, np.matmul(np.transpose(self.layer_input), accum_grad)
            )
            self.w0 = self.w0_opt.update(self.w0, np.sum(accum_grad, axis=0, keepdims=True))
        return grad

    def output_shape(self):
        return (self.n_units,)
