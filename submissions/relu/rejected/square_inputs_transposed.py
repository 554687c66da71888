# mistake: returns the transpose for square inputs
# fails: forward
# points: 80
# diagnoses: output-transposed
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        Y = np.maximum(X, 0)
        return Y.T if X.ndim == 2 and X.shape[0] == X.shape[1] else Y

    def backward(self, G):
        return G * (self.X > 0)
