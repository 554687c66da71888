# mistake: flattens what is behind the first dimension
# fails: dimensions
# points: 88
# diagnoses: flattened
class ReLU:
    def forward(self, X):
        X = X.reshape(len(X), -1)
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G.reshape(len(G), -1) * self.mask
