# mistake: the logistic sigmoid with its own derivative
# fails: forward
# points: 72
# diagnoses: sigmoid
class ReLU:
    def forward(self, X):
        self.Y = (1 / (1 + np.exp(-X))).astype(X.dtype)
        return self.Y

    def backward(self, G):
        return G * (self.Y * (1 - self.Y)).astype(G.dtype)
