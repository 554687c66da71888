# mistake: goes through rows and columns, so that other shapes fail
# fails: dimensions
# points: 88
# diagnoses: two-dimensions-only
class ReLU:
    def forward(self, X):
        self.X = X
        rows, columns = X.shape
        Y = np.zeros_like(X)
        for i in range(rows):
            for j in range(columns):
                Y[i, j] = max(X[i, j], 0)
        return Y

    def backward(self, G):
        return np.where(self.X > 0, G, 0)
