# mistake: squeezes the output, so a batch of one or a layer of one unit loses a dimension
# fails: forward
# points: 86.29
# diagnoses: output-squeezed
import copy

import numpy as np


class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        fan_in = self.input_shape[0]
        limit = 1 / np.sqrt(fan_in)
        self.W = np.random.uniform(-limit, limit, (fan_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        output = np.matmul(X, self.W) + self.w0
        # no superfluous brackets around the result
        return np.squeeze(output)

    def backward_pass(self, accum_grad: np.ndarray):
        grad_input = np.matmul(accum_grad, self.W.T)
        if not self.trainable:
            return grad_input
        grad_W = np.matmul(self.layer_input.T, accum_grad)
        grad_w0 = accum_grad.sum(axis=0, keepdims=True)
        self.W = self.W_opt.update(self.W, grad_W)
        self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        return (self.W.shape[0] + 1) * self.n_units
