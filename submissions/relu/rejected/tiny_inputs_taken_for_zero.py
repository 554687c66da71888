# mistake: takes inputs below 1e-6 for zero
# fails: forward
# points: 80
# diagnoses: output-tiny
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        return np.where(X > 1e-6, X, 0)

    def backward(self, G):
        return G * (self.X > 0)
