# mistake: returns the gradient in single precision
# fails: input-gradient
# points: 94
# diagnoses: input-gradient-float32
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation is None:
            self.kind = "linear"
        elif activation in ["relu", "sigmoid"]:
            self.kind = activation
        else:
            raise ValueError(f"Unknown activation '{activation}'")
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.randn(input_size, output_size) / 100
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.inputs = X
        z = np.matmul(X, self.W) + self.b
        if self.kind == "relu":
            self.out = np.maximum(z, 0)
        elif self.kind == "sigmoid":
            self.out = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        else:
            self.out = z
        return self.out

    def backward(self, d_out, lr=0.01):
        n = d_out.shape[0]
        if self.kind == "relu":
            grad = np.where(self.out > 0, d_out, 0)
        elif self.kind == "sigmoid":
            grad = d_out * self.out * (1 - self.out)
        else:
            grad = d_out
        d_input = np.matmul(grad, self.W.T)
        dW = np.matmul(self.inputs.T, grad) / n
        db = np.sum(grad, axis=0, keepdims=True) / n
        self.W = self.W - lr * dW
        self.b = self.b - lr * db
        return d_input.astype(np.float32)
