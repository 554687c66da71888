# mistake: takes a step down into the gradient
# fails: gradient
# points: 79
# diagnoses: gradient-sign
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return -G * self.mask
