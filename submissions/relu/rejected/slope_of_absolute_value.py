# mistake: takes the sign for the slope
# fails: gradient
# points: 79
# diagnoses: slope-of-absolute-value
class ReLU:
    def forward(self, X):
        self.sign = np.sign(X)
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.sign.astype(G.dtype)
