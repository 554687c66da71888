# mistake: leaves eps out
# why: A feature that is the same in the whole batch has the variance 0.
# hint: What is 0 / 0?
# stronger: np.sqrt(var + eps)
# fails: forward, running, input-gradient, parameter-gradients
# points: 62.2
# diagnoses: eps-left-out
import numpy as np


class BatchNorm:
    """Normalizes each feature over the batch, then scales and shifts it."""

    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.gamma, self.beta = np.ones(n_features), np.zeros(n_features)
        self.running_mean, self.running_var = np.zeros(n_features), np.ones(n_features)

    def forward(self, X, training=True):
        """The output (n, d) for X (n, d)."""
        mean, var = self.running_mean, self.running_var
        if training:
            mean, var = X.mean(axis=0), X.var(axis=0)
            kept = self.momentum
            self.running_mean = kept * self.running_mean + (1 - kept) * mean
            self.running_var = kept * self.running_var + (1 - kept) * var
        self.deviation = np.sqrt(var)
        self.normal = (X - mean) / self.deviation
        return self.gamma * self.normal + self.beta

    def backward(self, G):
        """The gradient (n, d) with respect to X of the last forward pass, one in training."""
        self.dgamma = (G * self.normal).sum(axis=0)
        self.dbeta = G.sum(axis=0)
        slope = G - self.dbeta / len(G) - self.normal * self.dgamma / len(G)
        return self.gamma / self.deviation * slope
