"""Implement an abstract Layer and a DenseLayer; run this file to see the example."""

import json
import logging
from abc import ABC, abstractmethod

import activations
import numpy as np

logger = logging.getLogger(__name__)


class Layer(ABC):
    """What every layer has, and what each has to write itself.

    forward is declared as abstract; so must be backward, to_dict and the class method from_dict.
    """

    def __init__(self, name=None):
        """Set name (by default the name of the class), type and the rest, as the statement says."""
        raise NotImplementedError("write Layer.__init__")

    @abstractmethod
    def forward(self, X):
        """Return the output for the input X."""


class DenseLayer(Layer):
    """A fully connected layer: act(X·W + b)."""

    def __init__(self, input_size, output_size, activation_function, name=None):
        """Keep the arguments; draw nothing yet."""
        raise NotImplementedError("write DenseLayer.__init__")

    def forward(self, X):
        """Return act(X·W + b); draw the weights first, if there are none yet.

        X: shape (batch, input_size).
        Returns: shape (batch, output_size).
        """
        raise NotImplementedError("write forward")

    def backward(self, G):
        """Return the gradients of the loss; change nothing.

        G: dL/dY, shape (batch, output_size).
        Returns: a dict with `inputs` (batch, input_size), `weights` (input_size, output_size) and
            `biases` (output_size,); the latter two are means over the batch.
        """
        raise NotImplementedError("write backward")

    def to_dict(self):
        """Return the layer as JSON values."""
        raise NotImplementedError("write to_dict")

    @classmethod
    def from_dict(cls, data):
        """Return a new layer, made from what to_dict gave.

        Raises ValueError for an activation that is not in activations.ACTIVATIONS.
        """
        raise NotImplementedError("write from_dict")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    np.random.seed(42)
    layer = DenseLayer(2, 3, activations.relu, name="first")

    # Expected: a log message with the word first, and
    # [[3.54277387 0.         0.17941462]
    #  [0.         0.         2.17720257]]
    print(layer.forward(np.array([[1.0, 2.0], [3.0, -1.0]])))

    for key, gradient in layer.backward(np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])).items():
        print(key, gradient, sep="\n")

    text = json.dumps(layer.to_dict())
    print(DenseLayer.from_dict(json.loads(text)).to_dict() == layer.to_dict())  # Expected: True
