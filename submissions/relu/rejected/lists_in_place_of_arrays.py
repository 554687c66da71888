# mistake: turns what it returns into lists
# fails: dtype
# points: 96
# diagnoses: lists-in-place-of-arrays
# says: the points of one check and no more
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return np.where(self.mask, X, 0).tolist()

    def backward(self, G):
        return np.where(self.mask, G, 0).tolist()
