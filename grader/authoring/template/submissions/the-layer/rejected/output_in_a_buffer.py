# mistake: returns the same array each time, and so overwrites the output of the pass before
# fails: state
# points: 95
# diagnoses: none
class TheLayer(Layer):
    def __init__(self, a=1.0):
        self.a = a
        self.Y = np.zeros(0)

    def forward(self, X):
        self.X = X
        if self.Y.shape != X.shape:
            self.Y = np.empty(X.shape)
        return np.multiply(self.a, X, out=self.Y)

    def backward(self, G):
        self.grad_a = np.sum(self.X * G)
        return self.a * G
