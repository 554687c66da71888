# mistake: reads the weights in single precision
# fails: from-dict
# points: 97
# diagnoses: other-numbers-read
import logging
from abc import ABC, abstractmethod

import numpy as np
from activations import ACTIVATIONS

logger = logging.getLogger(__name__)


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

    def _initialize(self):
        scale = np.sqrt(2 / self.input_size)
        self.weights = np.random.randn(self.input_size, self.output_size) * scale
        self.biases = np.zeros(self.output_size)
        self.weights_initialized = True
        logger.info("initialized the weights of %s", self.name)

    def forward(self, X):
        if not self.weights_initialized:
            self._initialize()
        self.last_input = X
        self.last_z = X @ self.weights + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        m = G.shape[0]
        dz = G * self.activation_function.derivative(self.last_z)
        dw = self.last_input.T @ dz / m
        db = np.sum(dz, axis=0) / m
        dx = dz @ self.weights.T
        return {"inputs": dx, "weights": dw, "biases": db}

    def to_dict(self):
        has = self.weights_initialized
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": self.weights.tolist() if has else None,
            "biases": self.biases.tolist() if has else None,
        }

    @classmethod
    def from_dict(cls, data):
        name = data["activation"]
        if name not in ACTIVATIONS:
            raise ValueError(f"{name!r} is not a known activation")
        layer = cls(data["input_size"], data["output_size"], ACTIVATIONS[name], data["name"])
        if data["weights"] is not None:
            layer.weights = np.array(data["weights"], dtype=np.float32)
            layer.biases = np.array(data["biases"])
            layer.weights_initialized = True
        return layer
