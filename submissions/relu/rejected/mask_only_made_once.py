# mistake: makes the mask if there is none yet
# fails: state
# points: 97.33
# diagnoses: first-pass-kept
class ReLU:
    mask = None

    def forward(self, X):
        if self.mask is None:
            self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
