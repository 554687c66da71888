# style: short forms wherever there is one: lambdas, walrus, chained assignment, a conditional expression for the flag
import copy
import numpy as np

affine = lambda X, W, b: X @ W + b


class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape, self.trainable = n_units, input_shape, True
        self.W = self.w0 = self.layer_input = None

    def initialize(self, optimizer):
        self.W = np.random.uniform(
            -(limit := 1 / np.sqrt(n := self.input_shape[0])), limit, (n, self.n_units)
        )
        self.w0 = np.zeros_like(self.W[:1])
        self.W_opt, self.w0_opt = (copy.copy(optimizer) for _ in range(2))

    parameters = lambda self: self.W.size + self.w0.size
    output_shape = lambda self: (self.n_units,)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return affine(X, self.W, self.w0)

    def backward_pass(self, accum_grad):
        result = accum_grad @ self.W.T
        self._step(accum_grad) if self.trainable else None
        return result

    def _step(self, g):
        self.W, self.w0 = (
            self.W_opt.update(self.W, self.layer_input.T @ g),
            self.w0_opt.update(self.w0, g.sum(axis=0, keepdims=True)),
        )
