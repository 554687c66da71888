# mistake: multiplies by 1 - rate in evaluation, and divides by nothing in training
# why: The statement's dropout is inverted: all the work is done in training.
# hint: What should come of evaluation?
# stronger: Divide in training, and return X as it is in evaluation.
# fails: forward, evaluation
# points: 50
# diagnoses: scaled-in-evaluation, not-scaled
import numpy as np


class Dropout:
    """Leaves out numbers at random, in training."""

    def __init__(self, rate, seed=0):
        self.rate = rate
        self.generator = np.random.default_rng(seed)

    def forward(self, X, training=True):
        """The output, of the shape of X."""
        if training:
            self.kept = (self.generator.random(X.shape) >= self.rate) * 1.0
        else:
            self.kept = np.full(X.shape, 1 - self.rate)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
