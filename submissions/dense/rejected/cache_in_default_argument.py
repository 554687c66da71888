# mistake: the cache is a dictionary in a default argument, which is created once and shared by all layers
# fails: state
# points: 99.67
# diagnoses: input-shared-by-layers
import copy
import math

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None, cache={}):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None
        self.cache = cache

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer) -> None:
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        # what the backward pass needs: the input and the weights used
        self.cache["X"] = X
        self.cache["W"] = self.W
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        X, W = self.cache["X"], self.cache["W"]
        if self.trainable:
            self.W = self.W_opt.update(self.W, X.T @ accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad @ W.T
