# mistake: returns where the input is positive in place of the numbers
# fails: forward
# points: 72
# diagnoses: mask-in-place-of-output
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return self.mask.astype(X.dtype)

    def backward(self, G):
        return G * self.mask
