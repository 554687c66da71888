# mistake: np.max(X, 0) for np.maximum(X, 0)
# fails: forward
# points: 72
# diagnoses: column-maximum
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.max(X, 0)

    def backward(self, G):
        return G * self.mask
