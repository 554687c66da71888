# mistake: computes the output in single precision
# fails: forward
# points: 91.6
# diagnoses: output-in-float32
import numpy as np


def linear(z):
    return z


def relu(z):
    return np.where(z > 0, z, 0.0)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))


def linear_slope(z):
    return np.ones_like(z)


def relu_slope(z):
    return np.where(z > 0, 1.0, 0.0)


def sigmoid_slope(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


FUNCTIONS = {None: linear, "relu": relu, "sigmoid": sigmoid}
SLOPES = {None: linear_slope, "relu": relu_slope, "sigmoid": sigmoid_slope}


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in FUNCTIONS:
            raise ValueError(f"{activation!r} is not an activation")
        self.f = FUNCTIONS[activation]
        self.slope = SLOPES[activation]
        if seed is not None:
            np.random.seed(seed)
        self.W = 0.01 * np.random.randn(input_size, output_size)
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.X = X
        self.z = (X @ self.W + self.b).astype(np.float32).astype(float)
        return self.f(self.z)

    def backward(self, d_out, lr=0.01):
        batch = len(d_out)
        delta = d_out * self.slope(self.z)
        grad_X = delta @ self.W.T
        grad_W = self.X.T @ delta / batch
        grad_b = delta.sum(axis=0, keepdims=True) / batch
        self.W = self.W - lr * grad_W
        self.b = self.b - lr * grad_b
        return grad_X
