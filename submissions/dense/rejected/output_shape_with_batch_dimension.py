# mistake: puts the unknown batch size in front of the number of units, as other libraries do
# fails: output-shape
# points: 99
# diagnoses: oshape-with-batch
import copy

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

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
        n_in = self.input_shape[0]
        limit = n_in**-0.5
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if self.trainable:
            grad_W = np.dot(self.layer_input.T, accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return np.dot(accum_grad, W.T)

    def output_shape(self):
        return (None, self.n_units)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)
