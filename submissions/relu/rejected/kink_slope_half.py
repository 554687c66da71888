# mistake: takes the middle of both slopes at 0
# fails: kink
# points: 90
# diagnoses: kink-half
class ReLU:
    def forward(self, X):
        self.slope = np.heaviside(X, 0.5)
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.slope.astype(G.dtype)
