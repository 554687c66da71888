# style: match and case; prints while it works
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        match activation:
            case None | "relu" | "sigmoid":
                self.activation = activation
            case other:
                raise ValueError(f"no such activation: {other}")
        match seed:
            case None:
                print("not seeded")
            case number:
                np.random.seed(number)
        self.input_size = input_size
        self.output_size = output_size
        self.W = np.random.randn(input_size, output_size)
        self.W *= 0.01
        self.b = np.zeros((1, output_size))

    def forward(self, X):
        self.cache = {"X": X, "Z": np.matmul(X, self.W) + self.b}
        match self.activation:
            case "relu":
                A = self.cache["Z"].copy()
                A[A < 0] = 0
            case "sigmoid":
                A = 1 / (1 + np.exp(-np.clip(self.cache["Z"], -500, 500)))
            case _:
                A = self.cache["Z"]
        self.cache["A"] = A
        return A

    def backward(self, d_out, lr=0.01):
        X, Z, A = self.cache["X"], self.cache["Z"], self.cache["A"]
        dZ = np.array(d_out, copy=True)
        match self.activation:
            case "relu":
                dZ[Z <= 0] = 0
            case "sigmoid":
                dZ *= A * (1 - A)
        grads = {"W": np.matmul(X.T, dZ) / len(X), "b": dZ.mean(axis=0).reshape(1, -1)}
        dX = np.matmul(dZ, np.transpose(self.W))
        for name in grads:
            setattr(self, name, getattr(self, name) - lr * grads[name])
        print("step taken")
        return dX
