# style: tabs, semicolons, one-line methods and the two optimizer copies made in the other order; layout is taste and the copies are equal
import copy, numpy as np


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.W = None
        self.w0 = None
        self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer):
        d = self.input_shape[0]
        lim = 1 / d**0.5
        self.w0_opt = copy.copy(optimizer)
        self.W_opt = copy.copy(optimizer)
        self.w0 = np.zeros((1, self.n_units))
        self.W = np.random.uniform(-lim, lim, (d, self.n_units))

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return self.w0 + X @ self.W

    def backward_pass(self, accum_grad):
        dX = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            db = accum_grad.sum(0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, db)
        return dX

    def output_shape(self):
        return (self.n_units,)
