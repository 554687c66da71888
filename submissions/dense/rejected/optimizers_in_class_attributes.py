# mistake: stores the two copies on the class, so all layers step with the copies of the layer that was initialized last
# fails: optimizers
# points: 98.67
# diagnoses: opt-shared-by-layers
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    W_opt = None
    w0_opt = None

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer):
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        Dense.W_opt = copy.copy(optimizer)
        Dense.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = Dense.W_opt.update(self.W, grad_W)
            self.w0 = Dense.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
