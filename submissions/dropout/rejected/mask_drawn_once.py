# mistake: draws one mask and keeps it
# why: Dropout works because another part of the network is left out each time.
# hint: Are two outputs in training the same?
# stronger: Draw in each forward pass.
# fails: draws, forward, gradient
# points: 84.01
# diagnoses: mask-drawn-once
import numpy as np


class Dropout:
    """Leaves out numbers at random, in training."""

    def __init__(self, rate, seed=0):
        self.rate = rate
        self.seed = seed

    def forward(self, X, training=True):
        """The output, of the shape of X."""
        self.kept = np.ones(X.shape)
        if training:
            self.kept = (np.random.default_rng(self.seed).random(X.shape) >= self.rate) / (1 - self.rate)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
