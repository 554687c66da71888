# mistake: converts the gradient to float32
# fails: dtype
# points: 96
# diagnoses: always-single
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return (G * self.mask).astype(np.float32)
