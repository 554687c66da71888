# style: weights and biases are stacked for the products, and taken apart again
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS

logger = logging.getLogger(__name__)


class Layer(ABC):
    def __init__(self, name=None):
        self.type = self.__class__.__name__
        self.name = name if name is not None else self.type
        self.weights, self.biases = None, None
        self.last_input, self.last_z = None, None
        self.weights_initialized = False

    @abstractmethod
    def forward(self, X):
        pass

    @abstractmethod
    def backward(self, G):
        pass

    @abstractmethod
    def to_dict(self):
        pass

    @classmethod
    @abstractmethod
    def from_dict(cls, data):
        pass


def with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def forward(self, X):
        if not self.weights_initialized:
            self.weights = np.sqrt(2) * np.random.randn(self.input_size, self.output_size)
            self.weights /= np.sqrt(self.input_size)
            self.biases = np.zeros(self.output_size)
            self.weights_initialized = True
            logger.log(logging.INFO, "%s: weights drawn", self.name)
        self.last_input = X
        self.last_z = with_ones(X) @ np.vstack([self.weights, self.biases])
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        D = G * self.activation_function.derivative(self.last_z)
        both = with_ones(self.last_input).T @ D / len(D)
        return {"inputs": D @ self.weights.T, "weights": both[:-1], "biases": both[-1]}

    def to_dict(self):
        data = {name: getattr(self, name) for name in ("type", "name", "input_size", "output_size")}
        data["activation"] = self.activation_function.name
        for name in ("weights", "biases"):
            array = getattr(self, name)
            data[name] = array.tolist() if array is not None else None
        return data

    @classmethod
    def from_dict(cls, data):
        activation = ACTIVATIONS.get(data["activation"])
        if not activation:
            raise ValueError(f"activation not known: {data['activation']}")
        layer = cls(data["input_size"], data["output_size"], activation, name=data["name"])
        if isinstance(data["weights"], list):
            layer.weights = np.vstack(data["weights"])
            layer.biases = np.hstack(data["biases"])
            layer.weights_initialized = True
        return layer
