# style: from_dict by match, a layer in between that is abstract too, gradients in a loop over the rows
import logging
from abc import ABC, abstractmethod

import activations
import numpy as np


class Layer(ABC):
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


class Saved(Layer):
    """A layer that can be written and read; what it computes is left open."""

    def to_dict(self):
        wanted = ("type", "name", "input_size", "output_size")
        data = {key: self.__dict__[key] for key in wanted}
        data["activation"] = self.activation_function.name
        for key in ("weights", "biases"):
            value = self.__dict__[key]
            data[key] = value if value is None else value.tolist()
        return data

    @classmethod
    def from_dict(cls, data):
        match data:
            case {"activation": "linear" | "relu" | "sigmoid" | "tanh" as name}:
                activation = getattr(activations, name)
            case {"activation": name}:
                raise ValueError(f"there is no activation {name!r}")
        layer = cls(data["input_size"], data["output_size"], activation, data["name"])
        if data["weights"] is not None:
            layer.weights = np.array(data["weights"])
            layer.biases = np.array(data["biases"])
            layer.weights_initialized = True
        return layer


class DenseLayer(Saved):
    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def forward(self, X):
        if not self.weights_initialized:
            self.weights = np.random.randn(self.input_size, self.output_size)
            self.weights = self.weights / np.sqrt(self.input_size / 2)
            self.biases = np.zeros_like(self.weights[0])
            self.weights_initialized = True
            logging.getLogger("layers").info("weights of %s drawn", self.name)
        self.last_input = np.copy(X)
        self.last_z = np.array([x @ self.weights + self.biases for x in X])
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        slope = self.activation_function.derivative
        D = np.array([g * slope(z) for g, z in zip(G, self.last_z)])
        weights = np.zeros(self.weights.shape)
        for x, d in zip(self.last_input, D):
            weights += np.outer(x, d)
        return {
            "inputs": np.array([self.weights @ d for d in D]),
            "weights": weights / len(D),
            "biases": np.mean(D, axis=0),
        }
