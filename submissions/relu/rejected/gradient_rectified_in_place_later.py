# mistake: works in place on G from the second backward pass of a layer on
# fails: purity
# points: 98.5
# diagnoses: none
import numpy as np


class ReLU:
    passes = 0

    def forward(self, X):
        self.X = np.array(X)
        return np.maximum(X, 0)

    def backward(self, G):
        self.passes += 1
        if self.passes == 1:
            return G * (self.X > 0)
        G *= self.X > 0
        return G.copy()
