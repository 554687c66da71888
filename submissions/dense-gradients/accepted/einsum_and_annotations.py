# style: einsum for all products, annotations everywhere, a property for the flag
from __future__ import annotations

import abc
import logging
from typing import Any

import numpy as np
import numpy.typing as npt
from activations import ACTIVATIONS

Array = npt.NDArray[np.float64]
LOGGER: logging.Logger = logging.getLogger(__name__)
LOGGER.addHandler(logging.NullHandler())


class Layer(abc.ABC):
    def __init__(self, name: str | None = None) -> None:
        self.type: str = type(self).__qualname__
        self.name: str = self.type if name is None else name
        self.weights: Array | None = None
        self.biases: Array | None = None
        self.last_input: Array | None = None
        self.last_z: Array | None = None
        self.weights_initialized: bool = False

    @abc.abstractmethod
    def forward(self, X: Array) -> Array:
        raise NotImplementedError

    @abc.abstractmethod
    def backward(self, G: Array) -> dict[str, Array]:
        raise NotImplementedError

    @abc.abstractmethod
    def to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    @classmethod
    @abc.abstractmethod
    def from_dict(cls, data: dict[str, Any]) -> Layer:
        raise NotImplementedError


class DenseLayer(Layer):
    def __init__(
        self, input_size: int, output_size: int, activation_function: Any, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.input_size: int = input_size
        self.output_size: int = output_size
        self.activation_function = activation_function

    @property
    def weights_initialized(self) -> bool:
        return self._ready

    @weights_initialized.setter
    def weights_initialized(self, value: bool) -> None:
        self._ready = value

    def forward(self, X: Array) -> Array:
        if not self.weights_initialized:
            shape = (self.input_size, self.output_size)
            self.weights = np.random.standard_normal(shape) * np.sqrt(2.0 / self.input_size)
            self.biases = np.zeros(self.output_size)
            self.weights_initialized = True
            LOGGER.info("He initialization of %s, %s", self.name, shape)
        self.last_input = X
        self.last_z = np.einsum("ij,jk->ik", X, self.weights) + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G: Array) -> dict[str, Array]:
        rows = G.shape[0]
        D = np.multiply(G, self.activation_function.derivative(self.last_z))
        return {
            "inputs": np.einsum("ik,jk->ij", D, self.weights),
            "weights": np.einsum("ij,ik->jk", self.last_input, D) / rows,
            "biases": np.einsum("ik->k", D) / rows,
        }

    def to_dict(self) -> dict[str, Any]:
        weights, biases = self.weights, self.biases
        return {
            "type": self.type,
            "name": self.name,
            "input_size": self.input_size,
            "output_size": self.output_size,
            "activation": self.activation_function.name,
            "weights": weights.tolist() if weights is not None else None,
            "biases": biases.tolist() if biases is not None else None,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DenseLayer:
        activation = ACTIVATIONS.get(data["activation"])
        if activation is None:
            raise ValueError(f"activation {data['activation']!r} is not one of {sorted(ACTIVATIONS)}")
        layer = cls(data["input_size"], data["output_size"], activation, data["name"])
        if data["weights"] is not None:
            layer.weights = np.asarray(data["weights"], dtype=np.float64)
            layer.biases = np.asarray(data["biases"], dtype=np.float64)
            layer.weights_initialized = True
        return layer
