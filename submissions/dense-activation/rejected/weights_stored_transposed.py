# mistake: keeps a row of W for each output
# fails: start, seeded
# points: 82
# diagnoses: init-w-transposed
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in (None, "relu", "sigmoid"):
            raise ValueError("unknown activation: " + str(activation))
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.randn(output_size, input_size) * 0.01
        self.b = np.zeros((1, output_size))
        self.activation = activation

    def forward(self, X):
        self.X = X
        self.z = np.dot(X, self.W.T) + self.b
        if self.activation == "relu":
            return np.maximum(0, self.z)
        if self.activation == "sigmoid":
            return self.sigmoid(self.z)
        return self.z

    def sigmoid(self, z):
        z = np.clip(z, -500, 500)
        return 1 / (1 + np.exp(-z))

    def backward(self, d_out, lr=0.01):
        if self.activation == "relu":
            d = d_out * (self.z > 0)
        elif self.activation == "sigmoid":
            s = self.sigmoid(self.z)
            d = d_out * s * (1 - s)
        else:
            d = d_out
        m = self.X.shape[0]
        dW = np.dot(d.T, self.X) / m
        db = np.mean(d, axis=0, keepdims=True)
        dX = np.dot(d, self.W)
        self.W -= lr * dW
        self.b -= lr * db
        return dX
