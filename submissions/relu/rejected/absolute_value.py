# mistake: takes the absolute value for the rectifier
# fails: forward
# points: 72
# diagnoses: absolute-value
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.abs(X)

    def backward(self, G):
        return G * self.mask
