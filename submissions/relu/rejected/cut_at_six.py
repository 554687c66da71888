# mistake: ReLU6, forward and backward
# fails: forward
# points: 72
# diagnoses: cut-at-six
class ReLU:
    def forward(self, X):
        self.mask = (X > 0) & (X < 6)
        return np.clip(X, 0, 6)

    def backward(self, G):
        return G * self.mask
