# style: np.random.Generator with PCG64, a copy into which zeros are written
import numpy as np


class Dropout:
    def __init__(self, rate, seed=0):
        self.rate = rate
        self.generator = np.random.Generator(np.random.PCG64(seed))
        self.dropped = False

    def forward(self, X, training=True):
        self.dropped = training
        if not training:
            return np.array(X, dtype=float)
        self.out = self.generator.random(X.shape) < self.rate
        return self._without(X)

    def _without(self, A):
        left = np.array(A, dtype=float)
        left[self.out] = 0.0
        return left / (1 - self.rate)

    def backward(self, G):
        return self._without(G) if self.dropped else np.array(G, dtype=float)
