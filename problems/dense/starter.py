"""Implement a custom Dense layer.

Fill in the methods of `Dense`; `Layer` is complete. Run this file to see the
seeded example. The shapes are given in the docstrings.
"""

import copy  # noqa: F401  (for the optimizers, in initialize)

import numpy as np


class Layer:
    """Base class of all layers. Nothing to do here."""

    def set_input_shape(self, shape):
        """Store the shape of one input sample, a tuple such as (n_inputs,)."""
        self.input_shape = shape

    def layer_name(self):
        """Return the name of the layer's class."""
        return self.__class__.__name__

    def parameters(self):
        """Return the number of trainable parameters; none unless a layer says otherwise."""
        return 0

    def forward_pass(self, X, training):
        """Return the layer's output for the input X."""
        raise NotImplementedError()

    def backward_pass(self, accum_grad):
        """Return the gradient with respect to the input, given the one for the output."""
        raise NotImplementedError()

    def output_shape(self):
        """Return the shape of one output sample, a tuple."""
        raise NotImplementedError()


class Dense(Layer):
    """A fully connected layer: output = X . W + w0.

    Attributes:
        n_units: number of units, that is, outputs per sample.
        input_shape: tuple (n_inputs,), or None until it is known.
        trainable: whether backward_pass updates the parameters.
        W: weights, shape (n_inputs, n_units); None before initialize.
        w0: biases, shape (1, n_units); None before initialize.
        layer_input: the X of the last forward pass; None before the first one.
    """

    def __init__(self, n_units, input_shape=None):
        """Keep n_units and input_shape, and set the other attributes listed above."""
        # TODO

    def initialize(self, optimizer):
        """Create W, w0 and a separate copy of the optimizer for each of them.

        W: shape (input_shape[0], n_units), uniform on [-limit, limit] with
            limit = 1 / sqrt(input_shape[0]), from NumPy's global generator
            (np.random.uniform); do not seed it.
        w0: shape (1, n_units), zeros.
        optimizer: object whose update(w, grad) returns the new value of w.
        """
        raise NotImplementedError("write Dense.initialize")

    def parameters(self):
        """Return the number of trainable parameters, those of W and w0 together."""
        raise NotImplementedError("write Dense.parameters")

    def forward_pass(self, X, training=True):
        """Return X . W + w0 and remember X for the backward pass.

        X: shape (batch, n_inputs); leave it unchanged.
        Returns: shape (batch, n_units).
        """
        raise NotImplementedError("write Dense.forward_pass")

    def backward_pass(self, accum_grad):
        """Return the gradient with respect to the input; update W and w0 if trainable.

        The gradient goes through the W that made the output (before the update).
        The gradients of W and w0 are sums over the batch, not averages.

        accum_grad: dL/dY, shape (batch, n_units); leave it unchanged.
        Returns: dL/dX, shape (batch, n_inputs).
        """
        raise NotImplementedError("write Dense.backward_pass")

    def output_shape(self):
        """Return the tuple (n_units,)."""
        raise NotImplementedError("write Dense.output_shape")


if __name__ == "__main__":

    class SGD:
        """Plain gradient descent with a fixed learning rate."""

        def update(self, w, grad):
            return w - 0.01 * grad

    np.random.seed(42)
    layer = Dense(n_units=3, input_shape=(2,))
    layer.initialize(SGD())
    print(layer.layer_name(), layer.output_shape(), layer.parameters())

    # Expected: [[ 0.10162127 -0.33551992 -0.64490545]]
    print(layer.forward_pass(np.array([[1.0, 2.0]])))

    # Expected: [[ 0.20816524 -0.22928937]]
    print(layer.backward_pass(np.array([[0.1, 0.2, 0.3]])))
