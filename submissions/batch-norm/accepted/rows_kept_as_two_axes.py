# style: statistics by einsum, the gradient through each step of the forward pass
import numpy as np


class BatchNorm:
    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        self.momentum = momentum
        self.eps = eps
        self.gamma = np.ones(n_features)
        self.beta = np.zeros(n_features)
        self.running_mean = np.zeros(n_features)
        self.running_var = np.ones(n_features)

    def forward(self, X, training=True):
        if not training:
            std = np.sqrt(self.running_var + self.eps)
            return self.gamma * (X - self.running_mean) / std + self.beta
        n = X.shape[0]
        mean = np.einsum("nd->d", X) / n
        self.centred = X - mean
        self.var = np.einsum("nd,nd->d", self.centred, self.centred) / n
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * self.var
        self.scale = (self.var + self.eps) ** -0.5
        return self.gamma * (self.centred * self.scale) + self.beta

    def backward(self, G):
        n = G.shape[0]
        self.dbeta = np.einsum("nd->d", G)
        self.dgamma = np.einsum("nd,nd->d", G, self.centred * self.scale)
        d_normal = G * self.gamma
        d_var = np.sum(d_normal * self.centred, axis=0) * -0.5 * self.scale**3
        d_mean = -np.sum(d_normal * self.scale, axis=0) + d_var * np.mean(-2 * self.centred, axis=0)
        return d_normal * self.scale + d_var * 2 * self.centred / n + d_mean / n
