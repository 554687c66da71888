# mistake: divides and multiplies in the type of G, which cuts whole numbers
# fails: dtype
# points: 98
# diagnoses: none
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        return np.maximum(X, 0)

    def backward(self, G):
        half = (G / 2).astype(G.dtype)
        return 2 * half * (self.X > 0).astype(G.dtype)
