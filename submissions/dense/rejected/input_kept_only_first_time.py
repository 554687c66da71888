# mistake: keeps the input only if there is none yet, so later passes use the very first batch
# fails: state
# points: 99
# diagnoses: first-input-kept
class Dense(Layer):
    # fully-connected NN layer

    def __init__(self, n_units, input_shape=None):
        self.n_units, self.input_shape = n_units, input_shape
        self.W = self.w0 = self.layer_input = None
        self.trainable = True

    def initialize(self, optimizer):
        n_in, n_out = self.input_shape[0], self.n_units
        limit = 1.0 / np.sqrt(n_in)
        self.W = np.random.uniform(low=-limit, high=limit, size=(n_in, n_out))
        self.w0 = np.zeros((1, n_out))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        if self.layer_input is None:
            self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        W = self.W
        if self.trainable:
            grad_w = self.layer_input.T.dot(accum_grad)
            grad_w0 = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return accum_grad.dot(W.T)

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return sum(p.size for p in (self.W, self.w0))
