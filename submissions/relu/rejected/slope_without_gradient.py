# mistake: returns the slope and forgets G
# fails: gradient
# points: 79
# diagnoses: slope-without-gradient
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return self.mask.astype(G.dtype)
