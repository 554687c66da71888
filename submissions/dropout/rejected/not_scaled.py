# mistake: does not divide what is left by 1 - rate
# why: Without it the next layer is given less in training than in evaluation.
# hint: What is the mean of the output over many passes?
# stronger: Divide by 1 - rate in training: then nothing is to be done in evaluation.
# fails: forward
# points: 70
# diagnoses: not-scaled
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
            self.kept = (self.generator.random(X.shape) >= self.rate) * 1.0
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
