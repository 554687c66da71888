# mistake: seeds NumPy's generator inside initialize to make results repeatable, so every layer starts with the same numbers
# fails: seeded
# points: 94
# diagnoses: init-reseeded
class Dense(Layer):
    """Dense layer: every input is connected with every unit.

    n_units: number of neurons
    input_shape: shape of one sample, e.g. (4,)
    """

    SEED = 1234

    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def output_shape(self):
        return (self.n_units,)

    def initialize(self, optimizer):
        np.random.seed(self.SEED)  # same weights on every run
        (features,) = self.input_shape
        limit = np.sqrt(1 / features)
        self.W = np.random.uniform(-limit, limit, [features, self.n_units])
        self.w0 = np.zeros((1, self.n_units), dtype=float)
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        grad_in = accum_grad.dot(self.W.T)
        if self.trainable:
            grad_w = self.layer_input.T.dot(accum_grad)
            grad_b = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_b)
        return grad_in
