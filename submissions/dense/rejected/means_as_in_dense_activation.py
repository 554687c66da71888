# mistake: takes means over the batch, as the problem dense-activation asks for
# fails: weight-gradient, bias-gradient
# points: 80
# diagnoses: weight-mean, bias-mean, other-convention
# says: This looks like a solution to dense-activation
# says: its gradients are means over the batch
import copy

import numpy as np


class Dense(Layer):
    """My DenseLayer of the other exercise, with the names of this one."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def output_shape(self):
        return (self.n_units,)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        self.z = np.dot(X, self.W) + self.w0
        return self.z

    def backward_pass(self, accum_grad):
        d = accum_grad
        m = self.layer_input.shape[0]
        dX = np.dot(d, self.W.T)
        if self.trainable:
            dW = np.dot(self.layer_input.T, d) / m
            db = np.mean(d, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, db)
        return dX
