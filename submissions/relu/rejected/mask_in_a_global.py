# mistake: keeps the mask in a variable of the module
# fails: state
# points: 97.33
# diagnoses: layers-share
mask = None


class ReLU:
    def forward(self, X):
        global mask
        mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * mask
