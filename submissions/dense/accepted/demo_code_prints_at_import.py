# style: a demonstration at module level draws random numbers and prints while the file is loaded; the class itself is not touched by it
import copy

import numpy as np


class Dense(Layer):
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
        return np.prod(self.W.shape) + np.prod(self.w0.shape)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W.T)

    def output_shape(self):
        return (self.n_units,)


class Sgd:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, w, grad):
        return w - self.learning_rate * grad


np.random.seed(3)
demo = Dense(n_units=4, input_shape=(5,))
demo.initialize(Sgd())
batch = np.random.randn(6, 5)
print("output", demo.forward_pass(batch))
print("gradient", demo.backward_pass(np.random.rand(6, 4)))
print(demo.parameters(), "parameters, output shape", demo.output_shape())
