# mistake: forgets the mask in backward, which can then be called only once
# fails: state
# points: 97.33
# diagnoses: backward-only-once
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        mask, self.mask = self.mask, None
        return G * mask
