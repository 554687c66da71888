# mistake: writes every output of one shape into the same array
# fails: state
# points: 97.33
# diagnoses: none
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        if getattr(self, 'Y', None) is None or self.Y.shape != X.shape or self.Y.dtype != X.dtype:
            self.Y = np.empty_like(X)
        return np.maximum(X, 0, out=self.Y)

    def backward(self, G):
        return G * (self.X > 0)
