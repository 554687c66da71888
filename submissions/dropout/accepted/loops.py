# style: loops over rows and columns, with numbers that are drawn at once
import numpy as np


class Dropout:
    def __init__(self, rate, seed=0):
        self.rate = rate
        self.generator = np.random.default_rng(seed)

    def forward(self, X, training=True):
        n, d = X.shape
        drawn = self.generator.random((n, d)) if training else np.ones((n, d))
        factor = 1 / (1 - self.rate) if training else 1.0
        self.factors = [[factor * (drawn[i, j] >= self.rate) for j in range(d)] for i in range(n)]
        return self._times(X)

    def _times(self, A):
        out = np.zeros(A.shape)
        for i, row in enumerate(self.factors):
            for j, factor in enumerate(row):
                out[i, j] = A[i, j] * factor
        return out

    def backward(self, G):
        return self._times(G)
