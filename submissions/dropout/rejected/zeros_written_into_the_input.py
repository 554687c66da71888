# mistake: writes the zeros into the caller's array
# fails: purity, draws
# points: 88.85
# diagnoses: none
# says: changes an array that it is given
import numpy as np


class Dropout:
    """Leaves out numbers at random, in training."""

    def __init__(self, rate, seed=0):
        self.rate = rate
        self.generator = np.random.default_rng(seed)

    def forward(self, X, training=True):
        """The output, of the shape of X."""
        self.kept = np.ones(X.shape)
        if training:
            self.kept = (self.generator.random(X.shape) >= self.rate) / (1 - self.rate)
        X *= self.kept
        return X.copy()

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
