# mistake: fills an array of the dtype of X with the gradient
# fails: dtype
# points: 94
# diagnoses: gradient-cut-to-integers
class ReLU:
    def forward(self, X):
        self.X = X
        return np.maximum(X, 0)

    def backward(self, G):
        dX = np.zeros_like(self.X)
        dX[self.X > 0] = G[self.X > 0]
        return dX
