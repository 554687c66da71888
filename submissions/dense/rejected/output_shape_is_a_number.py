# mistake: writes (n_units) without the comma, which is a plain integer and not a tuple
# fails: output-shape
# points: 99
# diagnoses: oshape-int
class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        super().__init__()
        self.n_units = n_units
        self.input_shape = input_shape
        self.W, self.w0 = None, None  # created in initialize()
        self.layer_input = None  # set by forward_pass()
        self.trainable = True

    def initialize(self, optimizer):
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X @ self.W + self.w0

    def backward_pass(self, accum_grad):
        grad_input = accum_grad @ self.W.T
        if self.trainable:
            grad_W = self.layer_input.T @ accum_grad
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_W)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self):
        shape = self.n_units
        return shape

    def parameters(self):
        n_in, n_out = self.W.shape
        return n_in * n_out + n_out
