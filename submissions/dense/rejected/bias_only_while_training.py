# mistake: takes the training flag as the switch for the bias, so predictions are made without it
# fails: forward
# points: 97.71
# diagnoses: bias-only-while-training
import copy

import numpy as np


class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        shape = (self.input_shape[0], self.n_units)
        bound = shape[0] ** -0.5
        self.W = np.random.uniform(-bound, bound, shape)
        self.w0 = np.zeros((1, shape[1]))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        out = X.dot(self.W)
        if training:
            out = out + self.w0
        return out

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_w = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return sum(p.size for p in (self.W, self.w0))
