# mistake: stops the gradient after a hundred rows
# fails: gradient
# points: 86
# diagnoses: gradient-small
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        return np.maximum(X, 0)

    def backward(self, G):
        gradient = G * (self.X > 0)
        gradient[100:] = 0
        return gradient
