# mistake: masks X and G in place
# fails: purity
# points: 95.5
# diagnoses: both-overwritten
class ReLU:
    def forward(self, X):
        self.stopped = X <= 0
        X[self.stopped] = 0
        return X

    def backward(self, G):
        G[self.stopped] = 0
        return G
