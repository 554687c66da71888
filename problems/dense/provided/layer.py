"""The base class of all layers."""


class Layer:
    """What every layer has; a layer overrides what it does differently."""

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
