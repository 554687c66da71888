# mistake: keeps the mask on the class, where all layers share it
# fails: state
# points: 97.33
# diagnoses: layers-share
class ReLU:
    def forward(self, X):
        ReLU.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * ReLU.mask
