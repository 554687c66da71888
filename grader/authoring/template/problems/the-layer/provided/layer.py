"""The base class of all layers."""

# REPLACE: modules of yours that students may import; list them in problem.toml under [provided].
# Nothing in here may be secret: it runs beside the student's code.


class Layer:
    """What every layer can do."""

    def forward(self, X):
        """Return the output for the input X."""
        raise NotImplementedError

    def backward(self, G):
        """Return the gradient with respect to the input, given the one for the output."""
        raise NotImplementedError
