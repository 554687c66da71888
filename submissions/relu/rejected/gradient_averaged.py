# mistake: divides by the number of rows
# fails: gradient
# points: 79
# diagnoses: gradient-mean
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask / len(G)
