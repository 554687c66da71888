# style: calls itself for each part of an array
import numpy as np


def rectify(x):
    if x.ndim == 0:
        return x if x > 0 else x * 0
    return np.array([rectify(part) for part in x])


def passed(g, x):
    if g.ndim == 0:
        return g if x > 0 else g * 0
    return np.array([passed(*parts) for parts in zip(g, x)])


class ReLU:
    def forward(self, X):
        self.X = X
        return rectify(np.asarray(X))

    def backward(self, G):
        return passed(np.asarray(G), np.asarray(self.X))
