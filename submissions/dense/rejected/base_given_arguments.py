# mistake: hands the arguments of the constructor to the base class, which takes none
# fails: constructor, initialization, seeded, forward, input-gradient, weight-gradient, bias-gradient, update, optimizers, trainable, parameters, output-shape, state, purity
# points: 0
# diagnoses: base-given-arguments

import copy

import numpy as np


class Layer(object):
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__

    def parameters(self):
        return 0

    def forward_pass(self, X, training):
        raise NotImplementedError()

    def backward_pass(self, accum_grad):
        raise NotImplementedError()

    def output_shape(self):
        raise NotImplementedError()


class Dense(Layer):
    def __init__(self, n_units: int, input_shape: tuple = None):
        super().__init__(n_units, input_shape)
        self.n_units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self, optimizer) -> None:
        # uniform in [-limit, limit]
        limit = self.input_shape[0] ** -0.5
        shape = (self.input_shape[0], self.n_units)
        self.W = np.random.uniform(-limit, limit, shape)
        self.w0 = np.zeros((1, self.n_units))
        # one optimizer each
        self.W_opt = copy.deepcopy(optimizer)
        self.w0_opt = copy.deepcopy(optimizer)

    def parameters(self) -> int:
        return int(np.prod(self.W.shape) + np.prod(self.w0.shape))

    def forward_pass(self, X, training: bool = True):
        self.layer_input = X
        return np.matmul(X, self.W) + self.w0

    def backward_pass(self, accum_grad):
        # gradient for the layer below, through the weights of the forward pass
        grad_input = np.matmul(accum_grad, self.W.T)
        if self.trainable:
            grad_w = np.matmul(self.layer_input.T, accum_grad)
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.W = self.W_opt.update(self.W, grad_w)
            self.w0 = self.w0_opt.update(self.w0, grad_w0)
        return grad_input

    def output_shape(self) -> tuple:
        return (self.n_units,)


if __name__ == "__main__":

    class SGD:
        def update(self, w, grad):
            return w - 0.01 * grad

    np.random.seed(42)
    layer = Dense(n_units=3, input_shape=(2,))
    layer.initialize(SGD())
    print(layer.forward_pass(np.array([[1.0, 2.0]])))
    print(layer.backward_pass(np.array([[0.1, 0.2, 0.3]])))
