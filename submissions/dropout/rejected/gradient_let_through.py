# mistake: lets the whole gradient through
# why: What was left out has no share in the loss.
# hint: Does the loss change if a number does that was left out?
# stronger: Multiply G by what X was multiplied by.
# fails: gradient
# points: 75
# diagnoses: gradient-let-through
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
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * 1.0
