# style: forward keeps a function that backward calls
class ReLU:
    def forward(self, X):
        mask = X > 0
        self.pull = lambda G: np.where(mask, G, 0)
        return np.where(mask, X, 0)

    def backward(self, G):
        return self.pull(G)
