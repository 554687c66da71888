# mistake: makes a table of an array of one dimension
# fails: dimensions
# points: 96
# diagnoses: made-a-table
class ReLU:
    def forward(self, X):
        X = np.atleast_2d(X)
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return np.where(self.mask, G, 0)
