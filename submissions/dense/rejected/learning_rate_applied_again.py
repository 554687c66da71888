# mistake: thinks that update only says where to go, and moves the parameters a hundredth of the way there
# fails: update
# points: 96
# diagnoses: step-scaled-again
import copy

import numpy as np


class Layer(object):
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__

    def parameters(self):
        return 0

    def forward_pass(self, X, training):
        raise NotImplementedError()

    def backward_pass(self, accum_grad):
        raise NotImplementedError()

    def output_shape(self):
        raise NotImplementedError()


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True
        self.learning_rate = 0.01

    def initialize(self, optimizer):
        # weights: uniform in [-limit, limit], bias: zero
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros(shape=(1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            W_goal = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            w0_goal = self.w0_opt.update(self.w0, accum_grad.sum(0, keepdims=True))
            self.W = self.W + self.learning_rate * (W_goal - self.W)
            self.w0 = self.w0 + self.learning_rate * (w0_goal - self.w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)
