# mistake: divides what is left by rate
# why: A share of 1 - rate is left, and has to stand for all.
# hint: With a rate of 0.2, by how much is the output to be larger?
# stronger: Divide by 1 - rate.
# fails: forward
# points: 70
# diagnoses: scaled-by-rate
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
            self.kept = (self.generator.random(X.shape) >= self.rate) / max(self.rate, 0.01)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
