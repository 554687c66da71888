# mistake: returns the shape of the weight matrix as the shape of the output
# fails: output-shape
# points: 99
# diagnoses: oshape-wshape
import copy
import math

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def output_shape(self):
        return self.W.shape

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self):
        return (self.W.shape[0] + 1) * self.n_units

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        dX = np.matmul(accum_grad, self.W.T)
        if self.trainable:
            dW = np.matmul(self.layer_input.T, accum_grad)
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return dX
