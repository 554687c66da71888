# mistake: takes the mean over the rows in place of the sum
# fails: parameter-gradient
# points: 80
# diagnoses: parameter-mean
# (REPLACE by one file for each mistake, named after it, with a header that says what comes of it.)
class TheLayer(Layer):
    def __init__(self, a=1.0):
        self.a = a

    def forward(self, X):
        self.X = X
        return self.a * X

    def backward(self, G):
        self.grad_a = np.sum(self.X * G) / len(G)
        return self.a * G
