# mistake: gets the slope by dividing the output by the input
# fails: kink
# points: 90
# diagnoses: kink-nan
class ReLU:
    def forward(self, X):
        Y = np.maximum(X, 0)
        with np.errstate(all="ignore"):
            self.slope = Y / X
        return Y

    def backward(self, G):
        return G * self.slope.astype(G.dtype)
