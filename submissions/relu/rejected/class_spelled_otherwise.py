# mistake: calls the class Relu
# fails: unloadable
# points: 0
# diagnoses: class-misnamed
# says: the statement calls it ReLU
class Relu:
    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def backward(self, G):
        return G * self.mask
