# mistake: calls the weights kernel and the bias bias, as Keras does
# fails: constructor
# points: 97
# diagnoses: parameters-misnamed

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
        self.n_units = n_units
        self.input_shape = input_shape
        self.layer_input = None
        self.trainable = True
        self.kernel = None
        self.bias = None

    def initialize(self, optimizer) -> None:
        # uniform in [-limit, limit]
        limit = self.input_shape[0] ** -0.5
        shape = (self.input_shape[0], self.n_units)
        self.kernel = np.random.uniform(-limit, limit, shape)
        self.bias = np.zeros((1, self.n_units))
        # one optimizer each
        self.kernel_opt = copy.deepcopy(optimizer)
        self.bias_opt = copy.deepcopy(optimizer)

    def parameters(self) -> int:
        return int(np.prod(self.kernel.shape) + np.prod(self.bias.shape))

    def forward_pass(self, X, training: bool = True):
        self.layer_input = X
        return np.matmul(X, self.kernel) + self.bias

    def backward_pass(self, accum_grad):
        # gradient for the layer below, through the weights of the forward pass
        grad_input = np.matmul(accum_grad, self.kernel.T)
        if self.trainable:
            grad_w = np.matmul(self.layer_input.T, accum_grad)
            grad_w0 = accum_grad.sum(axis=0, keepdims=True)
            self.kernel = self.kernel_opt.update(self.kernel, grad_w)
            self.bias = self.bias_opt.update(self.bias, grad_w0)
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
