# mistake: clips the returned gradient to [-1, 1] against exploding gradients
# fails: input-gradient
# points: 86
# diagnoses: input-gradient-clipped
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    clip_value = 1.0

    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, np.sum(accum_grad, axis=0, keepdims=True))
        return np.clip(grad_input, -self.clip_value, self.clip_value)

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)
