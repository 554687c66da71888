# mistake: gives W and w0 the very optimizer that was passed in, without any copy
# fails: optimizers
# points: 94.67
# diagnoses: opt-shared
class Dense(Layer):
    def __init__(self, n_units: int, input_shape: tuple = None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True
        self.layer_input = None
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        # weights: uniform in [-limit, limit], bias: zero
        limit = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-limit, limit, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros(shape=(1, self.n_units))
        self.W_opt = optimizer
        self.w0_opt = optimizer

    def forward_pass(self, X: np.ndarray, training: bool = True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad: np.ndarray):
        W = self.W
        if self.trainable:
            grad_w = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W.T)

    def output_shape(self):
        return (self.n_units,)

    def parameters(self) -> int:
        weights = self.W.shape[0] * self.W.shape[1]
        biases = self.w0.size
        return weights + biases
