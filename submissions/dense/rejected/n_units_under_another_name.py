# mistake: keeps the number of units as self.units, so the attribute n_units does not exist
# fails: constructor
# points: 97
# diagnoses: attribute-misnamed
import numpy as np
import copy


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.units))
        self.w0 = np.zeros((1, self.units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return np.dot(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = np.dot(accum_grad, self.W.T)
        if self.trainable:
            dW = np.dot(self.layer_input.T, accum_grad)
            db = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, db)
        return grad_input

    def output_shape(self):
        return (self.units,)
