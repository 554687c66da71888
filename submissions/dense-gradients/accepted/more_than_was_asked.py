# style: more keys, more methods, more attributes, an optional argument, a subclass of ValueError, checks of arguments
import json
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS

log = logging.getLogger("layers.dense")


class UnknownActivation(ValueError, KeyError):
    def __init__(self, name):
        super().__init__(f"unknown activation {name!r}; known are {', '.join(ACTIVATIONS)}")

    __str__ = ValueError.__str__


class Layer(ABC):
    instances = 0

    def __init__(self, name=None, *, trainable=True):
        Layer.instances += 1
        self.type = self.__class__.__name__
        self.name = self.type if name is None else str(name)
        self.trainable = trainable
        self.weights = None
        self.biases = None
        self.last_input = None
        self.last_z = None
        self.last_output = None
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

    def parameters(self):
        return 0 if self.weights is None else self.weights.size + self.biases.size


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation_function, name=None, **options):
        super().__init__(name, **options)
        if input_size < 1 or output_size < 1:
            raise ValueError("sizes must be positive")
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def __repr__(self):
        return f"{self.type}({self.input_size}, {self.output_size})"

    def forward(self, X, training=True):
        if X.ndim != 2 or X.shape[1] != self.input_size:
            raise ValueError(f"X has shape {X.shape}")
        if not self.weights_initialized:
            self._draw()
        self.last_input = np.array(X)
        self.last_z = self.last_input.dot(self.weights) + self.biases[None, :]
        self.last_output = self.activation_function.function(self.last_z)
        log.debug("forward of %s", self.name)
        return self.last_output

    def _draw(self):
        size = (self.input_size, self.output_size)
        self.weights = np.random.normal(0.0, np.sqrt(2 / self.input_size), size)
        self.biases = np.zeros(self.output_size)
        self.weights_initialized = True
        log.info("%s (%s): %d parameters", self.name, self.type, self.parameters())

    def backward(self, G):
        D = G * self.activation_function.derivative(self.last_z)
        return {
            "inputs": D.dot(self.weights.T),
            "weights": self.last_input.T.dot(D) / len(D),
            "biases": D.mean(axis=0),
            "z": D,
        }

    def to_dict(self):
        data = {
            "version": 1,
            "type": self.type,
            "name": self.name,
            "trainable": self.trainable,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": None,
            "biases": None,
        }
        if self.weights_initialized:
            data.update(weights=self.weights.tolist(), biases=self.biases.tolist())
        return data

    def to_json(self):
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data):
        if data["activation"] not in ACTIVATIONS:
            raise UnknownActivation(data["activation"])
        activation = ACTIVATIONS[data["activation"]]
        options = {"trainable": data.get("trainable", True)}
        layer = cls(data["input_size"], data["output_size"], activation, data["name"], **options)
        if data["weights"] is not None:
            layer.weights = np.array(data["weights"])
            layer.biases = np.array(data["biases"])
            layer.weights_initialized = True
        return layer
