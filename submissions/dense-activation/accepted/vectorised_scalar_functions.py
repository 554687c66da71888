# style: functions of one number, applied by np.vectorize; base class with hooks
import math

import numpy as np


def clipped_sigmoid(z):
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, z))))


class Layer:
    ACTIVATIONS = {
        None: (lambda z: z, lambda z: 1.0),
        "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
        "sigmoid": (clipped_sigmoid, lambda z: clipped_sigmoid(z) * (1 - clipped_sigmoid(z))),
    }

    def forward(self, X):
        raise NotImplementedError

    def backward(self, d_out, lr):
        raise NotImplementedError


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation=None, seed=None):
        super().__init__()
        if activation not in self.ACTIVATIONS:
            raise ValueError(f"unknown activation: {activation}")
        f, df = self.ACTIVATIONS[activation]
        self.f, self.df = np.vectorize(f, otypes=[float]), np.vectorize(df, otypes=[float])
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.randn(input_size, output_size) * 0.01
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.last = X, X @ self.W + self.b
        return self.f(self.last[1])

    def backward(self, d_out, lr=0.01):
        X, z = self.last
        d = d_out * self.df(z)
        mean = d / d.shape[0]
        try:
            return d @ self.W.T
        finally:
            self.W = self.W - lr * (X.T @ mean)
            self.b = self.b - lr * mean.sum(axis=0, keepdims=True)
