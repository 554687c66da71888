# style: np.maximum and a product with a mask; no import
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
