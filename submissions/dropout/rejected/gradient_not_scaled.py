# mistake: does not divide the gradient by 1 - rate
# why: What is left was multiplied by 1 / (1 - rate), and so is its slope.
# hint: If one input grows by 1, by how much does its output?
# stronger: Multiply G by what X was multiplied by.
# fails: gradient
# points: 75
# diagnoses: gradient-not-scaled
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
        return G * (self.kept > 0)
