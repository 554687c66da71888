# mistake: in a square layer the output is written into the array X to save memory, which destroys the caller's data
# fails: purity
# points: 98.5
# diagnoses: argument-changed
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer) -> None:
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X.copy()
        output = X.dot(self.W) + self.w0
        if output.shape == X.shape and output.dtype == X.dtype:
            # same size: reuse the memory of X
            X[...] = output
            output = X
        return output

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_W = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return self.W.size + self.w0.size
