# mistake: takes the minimum with 0 for the maximum
# fails: forward
# points: 72
# diagnoses: negatives-kept
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.minimum(X, 0)

    def backward(self, G):
        return G * self.mask
