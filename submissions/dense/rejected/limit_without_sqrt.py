# mistake: leaves out the square root, the limit is 1 / n_inputs
# fails: initialization
# points: 96.31
# diagnoses: limit-no-sqrt
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
    """A fully connected layer."""

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer) -> None:
        n_in = self.input_shape[0]
        limit = 1 / n_in
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self) -> int:
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T @ accum_grad)
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(0, keepdims=True))
        return grad_input

    def output_shape(self):
        return (self.n_units,)


if __name__ == "__main__":
    dense = Dense(5, input_shape=(4,))
    print(dense.layer_name(), dense.n_units, dense.input_shape)
