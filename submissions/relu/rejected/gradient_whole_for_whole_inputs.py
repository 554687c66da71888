# mistake: gives integers back where integers came in, in the gradient as well
# fails: dtype
# points: 98
# diagnoses: gradient-cut-to-integers
class ReLU:
    def forward(self, X):
        self.X = X
        return np.maximum(X, 0)

    def backward(self, G):
        gradient = G * (self.X > 0)
        if np.issubdtype(self.X.dtype, np.integer):
            gradient = gradient.astype(self.X.dtype)
        return gradient
