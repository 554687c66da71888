# mistake: multiplies G and the mask as they lie in memory
# fails: gradient
# points: 93
# diagnoses: none
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X, order='C')
        return np.maximum(X, 0)

    def backward(self, G):
        flat = G.ravel('K') * (self.X > 0).ravel()
        return flat.reshape(G.shape)
