# mistake: computes the weight gradient in single precision to save memory
# fails: weight-gradient
# points: 94
# diagnoses: weight-in-float32
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
    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        W = self.W
        if self.trainable:
            x32 = self.layer_input.astype("float32")
            g32 = accum_grad.astype("float32")
            self.W = self.W_opt.update(self.W, x32.T.dot(g32))
            bias_grad = np.sum(accum_grad, axis=0, keepdims=True)
            self.w0 = self.w0_opt.update(self.w0, bias_grad)
        return accum_grad.dot(W.T)

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return np.prod(self.W.shape) + np.prod(self.w0.shape)


if __name__ == "__main__":
    dense = Dense(5, input_shape=(4,))
    print(dense.layer_name(), dense.n_units, dense.input_shape)
