# style: keeps X by reference, and computes the mask in backward
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = X
        return np.where(X > 0, X, 0)

    def backward(self, G):
        return np.where(self.X > 0, G, 0)
