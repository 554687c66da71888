# style: a branch for each activation, W and b changed in place
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in (None, 'relu', 'sigmoid'):
            raise ValueError('unknown activation: ' + str(activation))
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.randn(input_size, output_size) * 0.01
        self.b = np.zeros((1, output_size))
        self.activation = activation

    def forward(self, X):
        self.X = X
        self.z = np.dot(X, self.W) + self.b
        if self.activation == 'relu':
            self.a = np.maximum(0, self.z)
        elif self.activation == 'sigmoid':
            self.a = 1 / (1 + np.exp(-np.clip(self.z, -500, 500)))
        else:
            self.a = self.z
        return self.a

    def backward(self, d_out, lr=0.01):
        if self.activation == 'relu':
            d = d_out * (self.z > 0)
        elif self.activation == 'sigmoid':
            d = d_out * self.a * (1 - self.a)
        else:
            d = d_out
        m = self.X.shape[0]
        dW = np.dot(self.X.T, d) / m
        db = np.sum(d, axis=0, keepdims=True) / m
        dX = np.dot(d, self.W.T)
        self.W -= lr * dW
        self.b -= lr * db
        return dX
