# style: np.clip with one limit, np.heaviside with 0 at the kink
class ReLU:
    def forward(self, X):
        self.X = X
        return np.clip(X, 0, None)

    def backward(self, G):
        return G * np.heaviside(self.X, 0).astype(G.dtype)
