# style: a demo below the class that draws random numbers while the file is loaded
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if isinstance(activation, str):
            activation_known = activation in "relu sigmoid".split()
        else:
            activation_known = activation is None
        if not activation_known:
            raise ValueError("?")
        if isinstance(seed, int):
            np.random.seed(seed)
        self.W, self.b = np.random.randn(input_size, output_size) * 0.01, np.zeros((1, output_size))
        self.activation = activation or "identity"

    def forward(self, X):
        self.A_prev = X
        self.Z = self.A_prev @ self.W + self.b
        self.A = getattr(self, self.activation)(self.Z)
        return self.A

    def backward(self, d_out, lr=0.01):
        dZ = d_out * getattr(self, "d_" + self.activation)()
        dA_prev = (self.W @ dZ.T).T
        self.W = self.W - lr * (dZ.T @ self.A_prev / len(dZ)).T
        self.b = self.b - lr * (np.ones((1, len(dZ))) @ dZ / len(dZ))
        return dA_prev

    @staticmethod
    def identity(Z):
        return Z

    @staticmethod
    def relu(Z):
        return (Z + np.abs(Z)) / 2

    @staticmethod
    def sigmoid(Z):
        return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))

    def d_identity(self):
        return 1

    def d_relu(self):
        return self.A > 0

    def d_sigmoid(self):
        return self.A * (1 - self.A)


layer = DenseLayer(4, 2, "sigmoid", seed=1)
X = np.random.randn(8, 4)
for _ in range(5):
    out = layer.forward(X)
    layer.backward(out - np.random.rand(8, 2))
print(out.mean())
