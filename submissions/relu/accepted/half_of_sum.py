# style: the identity max(x, 0) = (x + |x|) / 2
class ReLU:
    def forward(self, X):
        self.positive = np.greater(X, 0)
        return ((X + np.abs(X)) / 2).astype(X.dtype)

    def backward(self, G):
        return np.multiply(G, self.positive)
