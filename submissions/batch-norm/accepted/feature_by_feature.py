# style: a loop over the features
import numpy as np


class BatchNorm:
    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self.gamma = np.ones((n_features,))
        self.beta = np.zeros((n_features,))
        self.running_mean = np.zeros((n_features,))
        self.running_var = np.ones((n_features,))

    def forward(self, X, training=True):
        out = np.empty(X.shape)
        self.normal = np.empty(X.shape)
        self.std = np.empty(X.shape[1])
        new_mean, new_var = self.running_mean.copy(), self.running_var.copy()
        for j in range(X.shape[1]):
            column = X[:, j]
            mean, var = self.running_mean[j], self.running_var[j]
            if training:
                mean = sum(column) / len(column)
                var = sum((column - mean) ** 2) / len(column)
                new_mean[j] += (1 - self.momentum) * (mean - new_mean[j])
                new_var[j] += (1 - self.momentum) * (var - new_var[j])
            self.std[j] = (var + self.eps) ** 0.5
            self.normal[:, j] = (column - mean) / self.std[j]
            out[:, j] = self.gamma[j] * self.normal[:, j] + self.beta[j]
        self.running_mean, self.running_var = new_mean, new_var
        return out

    def backward(self, G):
        n = len(G)
        self.dgamma, self.dbeta = np.zeros(G.shape[1]), np.zeros(G.shape[1])
        result = np.empty(G.shape)
        for j in range(G.shape[1]):
            g, x = G[:, j], self.normal[:, j]
            self.dgamma[j], self.dbeta[j] = g @ x, g.sum()
            result[:, j] = self.gamma[j] / self.std[j] / n * (n * g - g.sum() - x * (g @ x))
        return result
