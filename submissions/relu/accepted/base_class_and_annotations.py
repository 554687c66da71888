# style: a base class, annotations, docstrings, an optional argument
"""Activation layers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Layer:
    """Base of all layers."""

    def __init__(self, name: str = "layer") -> None:
        self.name = name
        self.cache: dict[str, npt.NDArray[np.bool_]] = {}

    def __call__(self, X: npt.NDArray) -> npt.NDArray:
        return self.forward(X)


class ReLU(Layer):
    """max(x, 0), element by element."""

    def __init__(self, name: str = "relu") -> None:
        super().__init__(name)

    def forward(self, X: npt.NDArray) -> npt.NDArray:
        self.cache["active"] = X > 0
        return np.where(self.cache["active"], X, np.zeros_like(X))

    def backward(self, G: npt.NDArray) -> npt.NDArray:
        return np.where(self.cache["active"], G, np.zeros_like(G))


if __name__ == "__main__":
    layer = ReLU()
    print(layer(np.array([[1.0, -1.0]])))
