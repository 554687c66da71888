# mistake: computes the first row of the output and leaves the others zero
# fails: forward
# points: 76
# diagnoses: none
class TheLayer(Layer):
    def __init__(self, a=1.0):
        self.a = a

    def forward(self, X):
        self.X = X
        Y = np.zeros_like(X)
        Y[0] = self.a * X[0]
        return Y

    def backward(self, G):
        self.grad_a = np.sum(self.X * G)
        return self.a * G
