# mistake: thinks that a dense layer contains its activation and cuts negative outputs off
# fails: forward
# points: 86.29
# diagnoses: activation-added
import numpy as np
import copy


def relu(z):
    return np.maximum(z, 0)


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
    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X, training=True):
        self.layer_input = X
        z = X @ self.W + self.w0
        return relu(z)

    def backward_pass(self, accum_grad):
        dX = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            dw0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, dw0)
        return dX
