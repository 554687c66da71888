# style: np.ma, with what is not positive filled by 0
class ReLU:
    def forward(self, X):
        self.off = ~(X > 0)
        return np.ma.masked_array(X, self.off).filled(0)

    def backward(self, G):
        return np.ma.masked_array(G, self.off).filled(0)
