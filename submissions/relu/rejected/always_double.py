# mistake: makes arrays of zeros without saying of which dtype
# fails: dtype
# points: 96
# diagnoses: always-double
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        Y = np.zeros(X.shape)
        Y[self.mask] = X[self.mask]
        return Y

    def backward(self, G):
        dX = np.zeros(G.shape)
        dX[self.mask] = G[self.mask]
        return dX
