# mistake: draws again whenever the number of rows changes
# fails: lazy, from-dict, state
# points: 92.92
# diagnoses: drawn-for-other-rows
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS

logger = logging.getLogger(__name__)


class Layer(ABC):
    """What every layer has, and what each has to write itself."""

    def __init__(self, name=None):
        self.type = type(self).__name__
        self.name = self.type if name is None else name
        self.weights = None
        self.biases = None
        self.last_input = None
        self.last_z = None
        self.weights_initialized = False

    @abstractmethod
    def forward(self, X):
        """Return the output for the input X."""

    @abstractmethod
    def backward(self, G):
        """Return a dictionary of gradients."""

    @abstractmethod
    def to_dict(self):
        """Return the layer as JSON values."""

    @classmethod
    @abstractmethod
    def from_dict(cls, data):
        """Return a new layer, made from what to_dict gave."""


class DenseLayer(Layer):
    """A fully connected layer: act(X W + b)."""

    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size = input_size
        self.output_size = output_size
        self.rows = None
        self.activation_function = activation_function

    def forward(self, X):
        """Return act(X W + b), shape (batch, output_size); draw W first if nobody has set it."""
        if not self.weights_initialized or len(X) != self.rows:
            scale = np.sqrt(2 / self.input_size)
            self.weights = np.random.randn(self.input_size, self.output_size) * scale
            self.biases = np.zeros(self.output_size)
            self.weights_initialized = True
            logger.info("%s: drew weights of shape %s", self.name, self.weights.shape)
        self.rows = len(X)
        self.last_input = X
        self.last_z = X @ self.weights + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        """Return the gradients; those of weights and biases are means over the rows of G."""
        D = G * self.activation_function.derivative(self.last_z)
        return {
            "inputs": D @ self.weights.T,
            "weights": self.last_input.T @ D / len(D),
            "biases": D.mean(axis=0),
        }

    def to_dict(self):
        """Return the layer as numbers, text, lists and None."""
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": self.weights.tolist() if self.weights_initialized else None,
            "biases": self.biases.tolist() if self.weights_initialized else None,
        }

    @classmethod
    def from_dict(cls, data):
        """Return the layer that was written; ValueError for an activation that nobody knows."""
        activation = ACTIVATIONS.get(data["activation"])
        if activation is None:
            raise ValueError(f"unknown activation {data['activation']!r}")
        layer = cls(data["input_size"], data["output_size"], activation, data["name"])
        if data["weights"] is not None:
            layer.weights = np.array(data["weights"])
            layer.biases = np.array(data["biases"])
            layer.weights_initialized = True
        return layer
