# mistake: draws in evaluation as well, and uses it for nothing
# why: What is left out in training must not depend on how often the network was tested.
# hint: Which numbers does the generator give after an evaluation?
# stronger: Draw in training only.
# fails: draws
# points: 89.62
# diagnoses: evaluation-draws
import numpy as np


class Dropout:
    """Leaves out numbers at random, in training."""

    def __init__(self, rate, seed=0):
        self.rate = rate
        self.generator = np.random.default_rng(seed)

    def forward(self, X, training=True):
        """The output, of the shape of X."""
        self.kept = np.ones(X.shape)
        drawn = self.generator.random(X.shape)
        if training:
            self.kept = (drawn >= self.rate) / (1 - self.rate)
        return X * self.kept

    def backward(self, G):
        """The gradient with respect to X of the last forward pass."""
        return G * self.kept
