# mistake: a leaky ReLU, forward and backward: another function, and right for that one
# fails: forward
# points: 72
# diagnoses: leaky
class ReLU:
    def forward(self, X):
        self.slope = np.where(X > 0, 1.0, 0.1).astype(X.dtype)
        return X * self.slope

    def backward(self, G):
        return G * self.slope.astype(G.dtype)
