# mistake: keeps W and w0 in a dictionary of the class, so all layers have the same parameters
# fails: state
# points: 99.67
# diagnoses: parameters-shared-by-layers
import copy

import numpy as np


class Dense(Layer):
    params = {"W": None, "w0": None}

    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

    @property
    def W(self):
        return self.params["W"]

    @W.setter
    def W(self, value):
        self.params["W"] = value

    @property
    def w0(self):
        return self.params["w0"]

    @w0.setter
    def w0(self, value):
        self.params["w0"] = value

    def initialize(self, optimizer):
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(value.size for value in self.params.values())
