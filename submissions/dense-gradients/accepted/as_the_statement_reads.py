# style: everything under its usual name, with imports and docstrings, and the worked example at the end
import json
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS, relu

logger = logging.getLogger(__name__)


class Layer(ABC):
    """What every layer has."""

    def __init__(self, name=None):
        self.type = self.__class__.__name__
        self.name = self.type if name is None else name
        self.weights = None
        self.biases = None
        self.last_input = None
        self.last_z = None
        self.weights_initialized = False

    @abstractmethod
    def forward(self, X):
        """Output for the input X."""

    @abstractmethod
    def backward(self, G):
        """Gradients for the upstream gradient G."""

    @abstractmethod
    def to_dict(self):
        """The layer as JSON values."""

    @classmethod
    @abstractmethod
    def from_dict(cls, data):
        """A layer from JSON values."""


class DenseLayer(Layer):
    """act(X W + b)"""

    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def initialize_weights(self):
        self.weights = np.random.randn(self.input_size, self.output_size) * np.sqrt(
            2.0 / self.input_size
        )
        self.biases = np.zeros((self.output_size,))
        self.weights_initialized = True
        logger.info(f"Layer {self.name}: weights initialized {self.weights.shape}")

    def forward(self, X):
        if not self.weights_initialized:
            self.initialize_weights()
        self.last_input = X
        self.last_z = np.dot(X, self.weights) + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        batch_size = self.last_input.shape[0]
        delta = G * self.activation_function.derivative(self.last_z)
        return {
            "inputs": np.dot(delta, self.weights.T),
            "weights": np.dot(self.last_input.T, delta) / batch_size,
            "biases": np.mean(delta, axis=0),
        }

    def to_dict(self):
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": None if self.weights is None else self.weights.tolist(),
            "biases": None if self.biases is None else self.biases.tolist(),
        }

    @classmethod
    def from_dict(cls, data):
        if data["activation"] not in ACTIVATIONS:
            raise ValueError(f"Unknown activation: {data['activation']}")
        layer = cls(
            input_size=data["input_size"],
            output_size=data["output_size"],
            activation_function=ACTIVATIONS[data["activation"]],
            name=data["name"],
        )
        if data["weights"] is not None and data["biases"] is not None:
            layer.weights = np.array(data["weights"], dtype=float)
            layer.biases = np.array(data["biases"], dtype=float)
            layer.weights_initialized = True
        return layer


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    np.random.seed(42)
    layer = DenseLayer(2, 3, relu, name="first")
    print(layer.forward(np.array([[1.0, 2.0], [3.0, -1.0]])))
    print(json.dumps(layer.to_dict()))
