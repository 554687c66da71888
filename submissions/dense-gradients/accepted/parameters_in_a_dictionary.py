# style: parameters and cache live in dictionaries, the attributes are properties
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS


def entry(store, key):
    def get(self):
        return getattr(self, store)[key]

    def put(self, value):
        getattr(self, store)[key] = value

    return property(get, put)


class Layer(ABC):
    weights = entry("params", "W")
    biases = entry("params", "b")
    last_input = entry("cache", "X")
    last_z = entry("cache", "Z")

    def __init__(self, name=None):
        self.name = name
        if self.name is None:
            self.name = self.type
        self.params = {"W": None, "b": None}
        self.cache = {"X": None, "Z": None}
        self.weights_initialized = False

    @property
    def type(self):
        return type(self).__name__

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

    def forward(self, X):
        if not self.weights_initialized:
            draw = np.random.randn(self.input_size, self.output_size)
            self.params = {"W": draw * np.sqrt(2 / self.input_size), "b": np.zeros(self.output_size)}
            self.weights_initialized = True
            logging.getLogger(__name__).info("drew the weights of %r", self.name)
        Z = np.matmul(X, self.params["W"])
        Z += self.params["b"]
        self.cache = {"X": X, "Z": Z}
        return self.activation_function.function(Z)

    def backward(self, G):
        X, Z = self.cache["X"], self.cache["Z"]
        D = self.activation_function.derivative(Z) * G
        mean = D / len(D)
        return {"inputs": D @ self.params["W"].T, "weights": X.T @ mean, "biases": mean.sum(axis=0)}

    def to_dict(self):
        W, b = self.params["W"], self.params["b"]
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": W if W is None else W.tolist(),
            "biases": b if b is None else b.tolist(),
        }

    @classmethod
    def from_dict(cls, data):
        known = data["activation"] in ACTIVATIONS.keys()
        if not known:
            raise ValueError(f"{data['activation']} is no activation that I know")
        layer = cls(
            activation_function=ACTIVATIONS[data["activation"]],
            **{key: data[key] for key in ("input_size", "output_size", "name")},
        )
        if data["weights"] is not None:
            layer.params = {"W": np.array(data["weights"]), "b": np.array(data["biases"])}
            layer.weights_initialized = True
        return layer
