# mistake: leaves out whole rows
# why: Each number is drawn by itself.
# hint: What shape has the array that you draw?
# stronger: Draw as many numbers as X has: random(X.shape).
# fails: forward
# points: 70
# diagnoses: whole-rows
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
            self.kept = (self.generator.random((len(X), 1)) >= self.rate) / (1 - self.rate)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
