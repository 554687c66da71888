# mistake: writes zeros into the caller's X
# fails: purity
# points: 95.5
# diagnoses: input-overwritten
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        X[X < 0] = 0
        return X

    def backward(self, G):
        return G * self.mask
