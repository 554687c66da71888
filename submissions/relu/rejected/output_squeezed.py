# mistake: removes dimensions of length 1
# fails: forward, dimensions
# points: 72
# diagnoses: output-squeezed
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.squeeze(np.maximum(X, 0))

    def backward(self, G):
        return G * self.mask
