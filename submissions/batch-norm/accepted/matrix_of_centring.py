# style: a centring matrix, the input kept and all computed again in backward
import numpy as np


class BatchNorm:
    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.gamma, self.beta = np.ones(n_features), np.zeros(n_features)
        self.running_mean, self.running_var = np.zeros(n_features), np.ones(n_features)

    def _normal(self, X):
        centre = np.eye(len(X)) - 1.0 / len(X)
        centred = centre @ X
        var = (centred**2).mean(0)
        return centred / np.sqrt(var + self.eps), X.mean(0), var

    def forward(self, X, training=True):
        if training:
            self.X = np.array(X, dtype=float)
            normal, mean, var = self._normal(self.X)
            self.running_mean = self.running_mean * self.momentum + mean * (1 - self.momentum)
            self.running_var = self.running_var * self.momentum + var * (1 - self.momentum)
        else:
            normal = (X - self.running_mean) / np.sqrt(self.running_var + self.eps)
        return normal * self.gamma + self.beta

    def backward(self, G):
        normal, _, var = self._normal(self.X)
        self.dgamma, self.dbeta = np.sum(G * normal, 0), np.sum(G, 0)
        return self.gamma / np.sqrt(var + self.eps) * (G - G.mean(0) - normal * np.mean(G * normal, 0))
