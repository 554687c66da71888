# style: plain loops over the flattened arrays
class ReLU:
    def forward(self, X):
        self.X = X
        Y = X.copy().reshape(-1)
        for i in range(Y.size):
            if Y[i] < 0:
                Y[i] = 0
        return Y.reshape(X.shape)

    def backward(self, G):
        dX = G.copy().reshape(-1)
        for i, x in enumerate(self.X.reshape(-1)):
            if not x > 0:
                dX[i] = 0
        return dX.reshape(G.shape)
