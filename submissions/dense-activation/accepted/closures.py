# style: forward leaves a function behind that backward calls
import numpy as np


def _linear(z):
    return z, lambda g: g


def _relu(z):
    on = z > 0
    return np.where(on, z, 0), lambda g: np.where(on, g, 0)


def _sigmoid(z):
    a = 1 / (1 + np.exp(-np.minimum(np.maximum(z, -500), 500)))
    return a, lambda g: g * (a * (1 - a))


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        known = dict(relu=_relu, sigmoid=_sigmoid)
        if activation is None:
            self._f = _linear
        elif activation in known:
            self._f = known[activation]
        else:
            raise ValueError(f"{activation} is none of {sorted(known)}")
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.standard_normal((input_size, output_size)) * 0.01
        self.b = np.zeros(shape=(1, output_size))

    def forward(self, X):
        a, back = self._f(X @ self.W + self.b)

        def backward(d_out, lr):
            d = back(d_out)
            dX = d @ self.W.T
            n = d.shape[0]
            self.W = self.W - lr / n * (X.T @ d)
            self.b = self.b - lr / n * d.sum(axis=0, keepdims=True)
            return dX

        self._backward = backward
        return a

    def backward(self, d_out, lr=0.01):
        return self._backward(d_out, lr)
