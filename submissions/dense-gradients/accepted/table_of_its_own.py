# style: copies the given module into the file, and finds the name of an activation by looking through the table
import logging
from abc import ABC, abstractmethod

import numpy as np


class Activation:
    def __init__(self, name, function, derivative):
        self.name, self.function, self.derivative = name, function, derivative


def sig(z):
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {
    "linear": Activation("linear", lambda z: 1.0 * z, lambda z: np.ones(z.shape)),
    "relu": Activation("relu", lambda z: np.where(z > 0, z, 0.0), lambda z: 1.0 * (z > 0)),
    "sigmoid": Activation("sigmoid", sig, lambda z: sig(z) * (1 - sig(z))),
    "tanh": Activation("tanh", np.tanh, lambda z: 1 / np.cosh(z) ** 2),
}


class Layer(ABC):
    def __init__(self, name=None):
        self.type = self.__class__.__name__
        self.name = name if name is not None else self.type
        self.weights = None
        self.biases = None
        self.last_input = None
        self.last_z = None
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


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def activation_name(self):
        for name, activation in ACTIVATIONS.items():
            if activation is self.activation_function:
                return name
        return self.activation_function.name

    def forward(self, X):
        if not self.weights_initialized:
            self.weights = np.random.randn(self.input_size, self.output_size)
            self.weights = self.weights * np.sqrt(2 / self.input_size)
            self.biases = np.zeros(self.output_size)
            self.weights_initialized = True
            logging.getLogger().info("weights of %s", self.name)
        self.last_input = X
        self.last_z = X @ self.weights + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        D = G * self.activation_function.derivative(self.last_z)
        return {
            "inputs": D @ self.weights.T,
            "weights": np.mean(self.last_input[:, :, None] * D[:, None, :], axis=0),
            "biases": np.average(D, axis=0),
        }

    def to_dict(self):
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_name(),
            "weights": self.weights.tolist() if self.weights_initialized else None,
            "biases": self.biases.tolist() if self.weights_initialized else None,
        }

    @classmethod
    def from_dict(cls, data):
        if data["activation"] not in ACTIVATIONS:
            raise ValueError(f"unknown: {data['activation']!r}")
        activation = ACTIVATIONS[data["activation"]]
        layer = cls(data["input_size"], data["output_size"], activation, data["name"])
        if data["weights"] is not None:
            layer.weights = np.array(data["weights"])
            layer.biases = np.array(data["biases"])
            layer.weights_initialized = True
        return layer
