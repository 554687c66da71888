# mistake: leaves out what should be kept, a share of 1 - rate
# why: rate is the share that is left out.
# hint: With a rate of 0.2, how many of ten numbers are left?
# stronger: Keep what was drawn at rate or above.
# fails: forward
# points: 70
# diagnoses: rate-is-kept
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
            self.kept = (self.generator.random(X.shape) < self.rate) / (1 - self.rate)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
