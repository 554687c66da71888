# mistake: the slope at 0 is 1, and G is changed in place
# fails: kink, purity
# points: 85.5
# diagnoses: kink-one, gradient-overwritten
class ReLU:
    def forward(self, X):
        self.mask = X >= 0
        return np.maximum(X, 0)

    def backward(self, G):
        G *= self.mask
        return G
