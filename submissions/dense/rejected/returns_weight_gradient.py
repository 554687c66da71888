# mistake: hands the gradient of the weights to the layer below instead of the gradient of the input
# fails: input-gradient
# points: 86
# diagnoses: returns-weight-gradient
import copy

import numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        # chain rule: dL/dW = X^T . dL/dY
        grad_W = np.dot(self.layer_input.T, accum_grad)
        grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
        if self.trainable:
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_W
