# style: np.maximum with an array of its own as out, and where=
class ReLU:
    def forward(self, X):
        self.active = X > 0
        Y = np.empty_like(X)
        np.maximum(X, 0, out=Y)
        return Y

    def backward(self, G):
        dX = np.zeros_like(G)
        np.copyto(dX, G, where=self.active)
        return dX
