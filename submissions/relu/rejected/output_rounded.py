# mistake: rounds as the example is printed
# fails: forward
# points: 80
# diagnoses: output-rounded
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.round(np.maximum(X, 0), 2)

    def backward(self, G):
        return G * self.mask
