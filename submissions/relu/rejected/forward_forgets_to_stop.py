# mistake: notes which numbers are positive and returns all of them
# fails: forward
# points: 72
# diagnoses: input-unchanged
import numpy as np


class ReLU:

    def forward(self, X):
        self.active = X > 0
        return np.array(X)

    def backward(self, G):
        return np.where(self.active, G, 0)
