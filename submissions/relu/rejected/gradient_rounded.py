# mistake: rounds the gradient as the example is printed
# fails: gradient
# points: 79
# diagnoses: gradient-rounded
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return np.round(G * self.mask, 2)
