# style: annotations, docstrings, helper methods, a base class of its own
from __future__ import annotations

import numpy as np


class Layer:
    """What all my layers have."""

    def parameters(self) -> list[np.ndarray]:
        return [self.w, self.b]


class LayerDense(Layer):
    """z = a w + b."""

    SCALE = 0.10

    def __init__(self, n_inputs: int, n_neurons: int, name: str = "dense") -> None:
        self.name = name
        self.w: np.ndarray = self.SCALE * np.random.randn(n_inputs, n_neurons)
        self.b: np.ndarray = np.zeros((1, n_neurons))
        self.a = self.z = self.dw = self.db = self.dz = None

    def _affine(self, a: np.ndarray) -> np.ndarray:
        return a @ self.w + self.b

    def forward(self, a: np.ndarray) -> np.ndarray:
        self.a, self.z = a, self._affine(a)
        return self.z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        self.dw, self.db = self.a.T @ dz, dz.sum(axis=0, keepdims=True)
        self.dz = dz @ self.w.T
        return self.dz
