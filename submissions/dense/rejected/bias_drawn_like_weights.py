# mistake: the bias is drawn from the same uniform distribution as the weights
# fails: initialization
# points: 98.15
# diagnoses: bias-random
class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        # configuration
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        # filled in later
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        self.limit = 1 / np.sqrt(self.input_shape[0])
        self.W = self._draw((self.input_shape[0], self.n_units))
        self.w0 = self._draw((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def _draw(self, shape):
        return np.random.uniform(-self.limit, self.limit, shape)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        result = accum_grad @ self.W.T
        if self.trainable:
            dW = self.layer_input.T @ accum_grad
            db = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, dW)
            self.w0 = self.w0_opt.update(self.w0, db)
        return result

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))
