# mistake: stops negative gradients as well
# fails: gradient
# points: 79
# diagnoses: guided
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return np.where(self.mask & (G > 0), G, 0)
