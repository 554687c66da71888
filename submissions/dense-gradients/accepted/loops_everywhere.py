# style: plain Python loops over rows, inputs and units; slow, but the same sums
import logging
from abc import ABCMeta, abstractmethod

import numpy as np
from activations import ACTIVATIONS

log = logging.getLogger("dense")


class Layer(metaclass=ABCMeta):
    def __init__(self, name=None):
        self.type = self.__class__.__name__
        if name is None:
            name = self.type
        self.name = name
        self.weights = None
        self.biases = None
        self.last_input = None
        self.last_z = None
        self.weights_initialized = False

    @abstractmethod
    def forward(self, X): ...

    @abstractmethod
    def backward(self, G): ...

    @abstractmethod
    def to_dict(self): ...

    @classmethod
    @abstractmethod
    def from_dict(cls, data): ...


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation_function, name=None):
        Layer.__init__(self, name)
        self.input_size = input_size
        self.output_size = output_size
        self.activation_function = activation_function

    def forward(self, X):
        if self.weights_initialized is False:
            self.weights = np.random.randn(self.input_size, self.output_size)
            for j in range(self.input_size):
                for k in range(self.output_size):
                    self.weights[j, k] *= (2 / self.input_size) ** 0.5
            self.biases = np.array([0.0] * self.output_size)
            self.weights_initialized = True
            log.info("layer %s has drawn its weights", self.name)
        self.last_input = X.copy()
        z = np.empty((len(X), self.output_size))
        for i in range(len(X)):
            for k in range(self.output_size):
                z[i, k] = self.biases[k]
                for j in range(self.input_size):
                    z[i, k] += X[i, j] * self.weights[j, k]
        self.last_z = z
        return self.activation_function.function(z)

    def backward(self, G):
        X, W = self.last_input, self.weights
        slope = self.activation_function.derivative(self.last_z)
        m = len(X)
        dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(self.output_size)
        for i in range(m):
            for k in range(self.output_size):
                d = G[i, k] * slope[i, k]
                db[k] += d / m
                for j in range(self.input_size):
                    dX[i, j] += d * W[j, k]
                    dW[j, k] += X[i, j] * d / m
        return {"biases": db, "weights": dW, "inputs": dX}

    def to_dict(self):
        data = {"type": self.type, "name": self.name}
        data["input_size"] = self.input_size
        data["output_size"] = self.output_size
        data["activation"] = self.activation_function.name
        if self.weights_initialized:
            data["weights"] = [[float(w) for w in row] for row in self.weights]
            data["biases"] = [float(b) for b in self.biases]
        else:
            data["weights"] = data["biases"] = None
        return data

    @classmethod
    def from_dict(cls, data):
        found = None
        for name in ACTIVATIONS:
            if name == data["activation"]:
                found = ACTIVATIONS[name]
        if found is None:
            raise ValueError("unknown activation: " + repr(data["activation"]))
        layer = cls(data["input_size"], data["output_size"], found, data["name"])
        if data["weights"]:
            layer.weights = np.zeros((layer.input_size, layer.output_size))
            layer.biases = np.zeros(layer.output_size)
            for k in range(layer.output_size):
                layer.biases[k] = data["biases"][k]
                for j in range(layer.input_size):
                    layer.weights[j, k] = data["weights"][j][k]
            layer.weights_initialized = True
        return layer
