# style: just the class, np is there; z computed anew in backward; db of one dimension
class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if activation not in [None, "relu", "sigmoid"]:
            raise ValueError("activation " + repr(activation))
        if seed is not None: np.random.seed(seed)
        self.W = np.random.randn(input_size, output_size) / 100
        self.b = np.zeros((1, output_size))
        self.activation = activation

    def forward(self, X):
        self.X = X
        return self.act(X.dot(self.W) + self.b)

    def act(self, z):
        return {None: z, "relu": z * (z > 0), "sigmoid": 1 / (1 + np.exp(-np.clip(z, -500, 500)))}[self.activation]

    def backward(self, d_out, lr=0.01):
        z = self.X.dot(self.W) + self.b
        a = self.act(z)
        d = d_out * {None: 1, "relu": z > 0, "sigmoid": a * (1 - a)}[self.activation]
        step = lr / len(d)
        old, self.W = self.W, self.W - step * self.X.T.dot(d)
        self.b = self.b - step * d.sum(0)
        return d.dot(old.T)
