# mistake: stores the gradient and returns nothing
# fails: gradient, kink
# points: 69
# diagnoses: gradient-not-returned
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        self.dX = G * self.mask
