# mistake: mixes each weight gradient with the one of the previous backward pass, which is a matter for the optimizer
# fails: state
# points: 99
# diagnoses: gradient-smoothed
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None
        self.previous_grad = None

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            grad_W = np.dot(self.layer_input.T, accum_grad)
            if self.previous_grad is not None:
                # less noisy steps
                grad_W = 0.5 * grad_W + 0.5 * self.previous_grad
            self.previous_grad = grad_W
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input
