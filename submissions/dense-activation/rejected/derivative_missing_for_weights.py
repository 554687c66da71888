# mistake: computes the weight gradient without the derivative
# fails: derivative
# points: 93.78
# diagnoses: derivative-missing-for-weights
class DenseLayer:
    """Dense layer with ReLU or sigmoid."""

    KNOWN = ("relu", "sigmoid")

    def __init__(self, input_size: int, output_size: int, activation: str = None, seed: int = None):
        self._check(activation)
        self.kind = activation
        self._init_parameters(input_size, output_size, seed)

    def _check(self, activation):
        if activation is not None and activation not in self.KNOWN:
            raise ValueError("activation must be None or one of %s, not %r" % (self.KNOWN, activation))

    def _init_parameters(self, input_size, output_size, seed):
        if seed is not None:
            np.random.seed(seed)
        self.W = np.random.randn(input_size, output_size) * 1e-2
        self.b = np.zeros((1, output_size))

    def _activate(self, z):
        if self.kind == "relu":
            return z * (z > 0)
        elif self.kind == "sigmoid":
            return 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        return z

    def _derivative(self, z):
        if self.kind == "relu":
            return (z > 0).astype(float)
        elif self.kind == "sigmoid":
            a = self._activate(z)
            return a * (1 - a)
        return np.ones(z.shape)

    def forward(self, X):
        z = X.dot(self.W) + self.b
        self.cache = (X, z)
        return self._activate(z)

    def backward(self, d_out, lr=0.01):
        X, z = self.cache
        dz = d_out * self._derivative(z)
        dX = dz.dot(self.W.T)
        self._step(X.T.dot(d_out) / X.shape[0], dz.mean(axis=0), lr)
        return dX

    def _step(self, dW, db, lr):
        self.W = self.W - lr * dW
        self.b = self.b - lr * db
