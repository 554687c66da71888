# mistake: lets the gradient pass where the input is 0 (>= for >)
# fails: kink
# points: 90
# diagnoses: kink-one
class ReLU:
    def forward(self, X):
        self.mask = X >= 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
