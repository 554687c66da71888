# mistake: multiplies in place, and so changes the array of the caller
# fails: purity
# points: 90
# diagnoses: none
class TheLayer(Layer):
    def __init__(self, a=1.0):
        self.a = a

    def forward(self, X):
        self.X = X.copy()
        X *= self.a
        return X

    def backward(self, G):
        self.grad_a = np.sum(self.X * G)
        return self.a * G
