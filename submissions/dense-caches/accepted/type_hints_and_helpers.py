# style: annotations, docstrings, private helpers, a property for the units
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from layer import Layer
from maths import activation_tune, sigmoid, xavier

Array = npt.NDArray[np.float64]


class Dense(Layer):
    """A dense layer."""

    def __init__(
        self,
        units: int = 1,
        activate: Callable[..., Array] = sigmoid,
        initialization: Callable[..., Array] = xavier,
        se_hPars: dict[str, float] | None = None,
    ) -> None:
        super().__init__(se_hPars=se_hPars)
        self.d["u"] = units
        self.activate: Callable[..., Array] = activate
        self.initialization: Callable[..., Array] = initialization
        self.activation["activate"] = activate.__name__

    @property
    def units(self) -> int:
        return self.d["u"]

    def compute_shapes(self, A: Array) -> None:
        self.d["m"], self.d["n"] = map(int, A.shape)
        self.fs |= {"X": A.shape, "W": (self.d["n"], self.units), "b": (1, self.units)}

    def initialize_parameters(self) -> None:
        self.p |= {
            "W": self.initialization(self.fs["W"], rng=self.np_rng),
            "b": np.zeros(self.fs["b"], dtype=np.float64),
        }

    def _act(self, Z: Array, deriv: bool = False) -> Array:
        """The activation under the settings of this layer."""
        activation_tune(self.se_hPars)
        return self.activate(Z, deriv=deriv)

    def forward(self, A: Array) -> Array:
        Z = A @ self.p["W"] + self.p["b"]
        self.fc |= {"X": A, "Z": Z, "A": self._act(Z)}
        return self.fc["A"]

    def backward(self, dX: Array) -> Array:
        dZ = self._chain(dX, self._act(self.fc["Z"], deriv=True))
        self.bc |= {"dA": dX, "dZ": dZ, "dX": dZ @ self.p["W"].T}
        return self.bc["dX"]

    @staticmethod
    def _chain(dA: Array, slope: Array) -> Array:
        match slope.ndim:
            case 2:
                return dA * slope
            case _:
                return np.tensordot(dA, slope, axes=([1], [1]))[range(len(dA)), range(len(dA))]

    def compute_gradients(self) -> None:
        self.g |= {"dW": self.fc["X"].T @ self.bc["dZ"], "db": self.bc["dZ"].sum(axis=0)}
