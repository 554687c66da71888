# style: a dataclass for the constructor, the base class written as a mixin of ABC and object
import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from activations import ACTIVATIONS


class Layer(ABC):
    def __init__(self, name=None):
        self.begin(name)

    def begin(self, name):
        self.type = self.__class__.__name__
        self.name = self.type if name is None else name
        for empty in ("weights", "biases", "last_input", "last_z"):
            setattr(self, empty, None)
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


@dataclass(eq=False)
class DenseLayer(Layer):
    input_size: int
    output_size: int
    activation_function: Any
    name: str | None = None
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("dense"), repr=False)

    def __post_init__(self):
        self.begin(self.name)

    def forward(self, X):
        if not self.weights_initialized:
            scale = np.sqrt(np.divide(2, self.input_size))
            self.weights = scale * np.random.randn(self.input_size, self.output_size)
            self.biases = np.zeros(shape=self.output_size)
            self.weights_initialized = True
            self.log.info("drawn: %s", self.name)
        self.last_input = X
        self.last_z = np.add(X @ self.weights, self.biases)
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        D = self.activation_function.derivative(self.last_z) * G
        weights = sum(np.outer(x, d) for x, d in zip(self.last_input, D)) / len(D)
        return {"inputs": (self.weights @ D.T).T, "weights": weights, "biases": sum(D) / len(D)}

    def to_dict(self):
        as_list = np.ndarray.tolist if self.weights_initialized else lambda nothing: None
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": as_list(self.weights),
            "biases": as_list(self.biases),
        }

    @classmethod
    def from_dict(cls, data):
        name = data["activation"]
        if ACTIVATIONS.get(name) is None:
            raise ValueError(f"{name!r}?")
        layer = cls(data["input_size"], data["output_size"], ACTIVATIONS[name], data["name"])
        layer.weights_initialized = data["weights"] is not None
        if layer.weights_initialized:
            layer.weights, layer.biases = map(np.array, (data["weights"], data["biases"]))
        return layer
