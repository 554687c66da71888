# mistake: converts the gradient to float32
# fails: gradient
# points: 86
# diagnoses: gradient-float32
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return (G * self.mask).astype(np.float32)
