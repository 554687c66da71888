# mistake: writes zeros into the caller's G
# fails: purity
# points: 95.5
# diagnoses: gradient-overwritten
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        G[~self.mask] = 0
        return G
