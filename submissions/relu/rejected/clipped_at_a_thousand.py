# mistake: clips the output at 1000, so that nothing overflows
# fails: forward
# points: 80
# diagnoses: output-large
import numpy as np


class ReLU:
    def forward(self, X):
        self.X = np.array(X)
        return np.clip(X, 0, 1000).astype(X.dtype)

    def backward(self, G):
        return G * (self.X > 0)
