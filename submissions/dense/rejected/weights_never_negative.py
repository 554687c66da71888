# mistake: draws the weights from [0, limit], so that no weight can be negative
# fails: initialization
# points: 96.31
# diagnoses: init-one-sided
import copy
import numpy as np


class Dense(Layer):
    """A fully connected layer."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer):
        in_features = self.input_shape[0]
        limit = in_features**-0.5
        self.W = np.random.uniform(0, limit, size=(in_features, self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def forward_pass(self, X, training=True):
        self.layer_input = X
        y = X.dot(self.W)
        y = y + self.w0
        return y

    def backward_pass(self, accum_grad):
        # gradient with respect to X, through the weights used in forward
        dX = accum_grad.dot(self.W.T)
        if not self.trainable:
            return dX
        dW = self.layer_input.T.dot(accum_grad)
        dw0 = accum_grad.sum(axis=0, keepdims=True)
        self.W = self.W_opt.update(self.W, dW)
        self.w0 = self.w0_opt.update(self.w0, dw0)
        return dX

    def output_shape(self):
        return (self.n_units,)

    def parameters(self):
        return int(np.prod(self.W.shape)) + int(np.prod(self.w0.shape))
