# style: a mask of booleans, np.where, and the evaluation returned early
import numpy as np


class Dropout:
    def __init__(self, rate, seed=0):
        self.rate = rate
        self.rng = np.random.default_rng(seed)
        self.mask = None

    def forward(self, X, training=True):
        if not training:
            self.mask = None
            return X.copy()
        self.mask = self.rng.random(X.shape) >= self.rate
        return np.where(self.mask, X / (1 - self.rate), 0.0)

    def backward(self, G):
        if self.mask is None:
            return G.copy()
        return np.where(self.mask, G / (1 - self.rate), 0.0)
