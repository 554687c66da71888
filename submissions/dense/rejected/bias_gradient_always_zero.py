# mistake: believes that the bias has no gradient because it does not depend on the input
# fails: bias-gradient
# points: 92
# diagnoses: bias-zero
import copy
import math

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = 1 / math.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.matmul(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.matmul(self.layer_input.T, accum_grad)
            grad_w0 = np.zeros_like(self.w0)  # the derivative of a constant is 0
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return self.W.size + self.w0.size
