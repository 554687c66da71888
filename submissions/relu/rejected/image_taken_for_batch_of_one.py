# mistake: adds a batch dimension where there are three
# fails: dimensions
# points: 96
# diagnoses: none
class ReLU:
    def forward(self, X):
        if X.ndim == 3:
            X = X[None]
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
