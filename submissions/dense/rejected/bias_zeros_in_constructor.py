# mistake: thinks that the bias can be zeros from the start, because its shape is already known in the constructor
# fails: constructor
# points: 97
# diagnoses: made-too-early
class Dense(Layer):
    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        # n_units is known here, so there is no reason to wait
        self.w0 = np.zeros((1, n_units))

    def initialize(self, optimizer):
        n_in = self.input_shape[0]
        limit = 1 / math.sqrt(n_in)
        self.W = np.random.uniform(-limit, limit, (n_in, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_w = self.layer_input.T @ accum_grad
            grad_b = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_b)
        return grad_input

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return np.prod(self.W.shape) + np.prod(self.w0.shape)
