# mistake: Python's max for a whole array
# fails: forward, dimensions, dtype, state, purity
# points: 42.17
# diagnoses: truth-of-an-array
# says: truth value of an array
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return max(0, X)

    def backward(self, G):
        return G * self.mask
