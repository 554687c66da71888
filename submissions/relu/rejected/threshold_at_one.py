# mistake: lets pass what is greater than 1
# fails: forward
# points: 76
# diagnoses: threshold-at-one
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.where(X > 1, X, 0)

    def backward(self, G):
        return G * self.mask
