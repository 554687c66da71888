# mistake: lets the gradient pass where the input was negative
# fails: gradient
# points: 79
# diagnoses: mask-inverted
class ReLU:
    def forward(self, X):
        self.mask = X < 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
