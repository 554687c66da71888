# style: fully annotated, with the gradients and the step in small private methods and input validation; the arithmetic is unchanged
from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
    def __init__(self, n_units: int, input_shape: tuple[int, ...] | None = None) -> None:
        if n_units < 1:
            raise ValueError("a layer needs at least one unit")
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable: bool = True
        self.W: Array | None = None
        self.w0: Array | None = None
        self.layer_input: Array | None = None

    def initialize(self, optimizer: Any) -> None:
        if self.input_shape is None:
            raise RuntimeError("set the input shape before initializing")
        fan_in = self.input_shape[0]
        limit = 1 / math.sqrt(fan_in)
        self.W = np.random.uniform(-limit, limit, (fan_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        return int(self.W.size) + int(self.w0.size)

    def forward_pass(self, X: Array, training: bool = True) -> Array:
        self.layer_input = np.asarray(X)
        return self._affine(self.layer_input)

    def backward_pass(self, accum_grad: Array) -> Array:
        grad_input = self._grad_input(accum_grad)
        if self.trainable:
            self._step(*self._grad_parameters(accum_grad))
        return grad_input

    def output_shape(self) -> tuple[int]:
        return (self.n_units,)

    def _affine(self, X: Array) -> Array:
        return X @ self.W + self.w0

    def _grad_input(self, accum_grad: Array) -> Array:
        return accum_grad @ self.W.T

    def _grad_parameters(self, accum_grad: Array) -> tuple[Array, Array]:
        grad_W = self.layer_input.T @ accum_grad
        return grad_W, accum_grad.sum(axis=0, keepdims=True)

    def _step(self, grad_W: Array, grad_w0: Array) -> None:
        self.W = self.W_opt.update(self.W, grad_W)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)
