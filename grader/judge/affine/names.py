"""Room: what a problem calls the parts of its dense layer, and what its statement settles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Draw:
    """How the statement has the weights drawn.

    Attributes:
        family: ``uniform`` on [-scale, scale], or ``normal`` with mean 0 and deviation ``scale``.
        scale: From (n_inputs, n_units) to the limit or the standard deviation.
        formula: The scale as the statement writes it: ``1/√n_inputs``.
    """

    family: Literal["uniform", "normal"]
    scale: Callable[[int, int], float]
    formula: str

    @property
    def example(self) -> str:
        """A value to try one's own formula against."""
        sizes = "4 inputs" if self.scale(4, 3) == self.scale(4, 5) else "4 inputs and 5 units"
        return f"{sizes}; it should be {self.scale(4, 5):.4g}"

    def __call__(
        self,
        random: np.random.RandomState,
        n_inputs: int,
        n_units: int,
        shape: tuple[int, ...] | None = None,
    ) -> Array:
        """Draw weights for a layer of these sizes, in one call; of another ``shape`` if given."""
        scale = self.scale(n_inputs, n_units)
        size = (n_inputs, n_units) if shape is None else shape
        if self.family == "uniform":
            return random.uniform(-scale, scale, size)
        return random.randn(*size) * scale


@dataclass(frozen=True)
class Names:
    """The words of a statement, for texts that several problems share.

    Attributes:
        forward: Method that gives the output.
        backward: Method that gives the input gradient.
        start: Method in which the weights are drawn.
        X: The input.
        W: The weights, in formulas and as an attribute.
        b: The biases, likewise.
        G: Symbol, in formulas, of the gradient with respect to Z = X W + b.
        upstream: The argument of ``backward``.
        at_z: The gradient with respect to Z in a sentence; ``upstream`` where nothing comes
            between, else e.g. ``the gradient at z``.
        n_inputs: Number of inputs, as the student writes it.
        n_units: Number of units, likewise.
        stepper: What subtracts the gradients, with its article: ``the optimizer``, ``the step``.
        mean: Whether the gradients of the parameters are means over the batch, not sums.
        activation: Whether an activation follows Z in this layer.
        updates: Whether ``backward`` changes the weights.
        draw: How the weights start, if that is to be diagnosed.
    """

    forward: str
    backward: str
    start: str = "__init__"
    X: str = "X"
    W: str = "W"
    b: str = "b"
    G: str = "G"
    upstream: str = "G"
    at_z: str = ""
    n_inputs: str = "n_inputs"
    n_units: str = "n_units"
    stepper: str = "the step"
    mean: bool = False
    activation: bool = False
    updates: bool = False
    draw: Draw | None = None

    @property
    def settled(self) -> frozenset[str]:
        """What the conventions come down to; a mistake may be one under some of them only."""
        found = {"mean" if self.mean else "sum", "activation" if self.activation else "linear"}
        found |= {"updates"} if self.updates else set()
        return frozenset(found | ({self.draw.family} if self.draw else set()))

    def fill(self, text: str) -> str:
        """Put the words into a text that has their names in braces, e.g. ``{forward}``.

        Besides the attributes there are ``{Stepper}``, with a capital, ``{summed}`` (or
        "averaged"), ``{scale}`` (the formula of the draw) and ``{example}`` (a value of it, as
        "4 inputs; it should be 0.5").
        """
        words = asdict(self) | {
            "at_z": self.at_z or self.upstream,
            "Stepper": self.stepper[:1].upper() + self.stepper[1:],
            "summed": "averaged" if self.mean else "summed",
            "scale": self.draw.formula if self.draw else "",
            "example": self.draw.example if self.draw else "",
        }
        return text.format(**words)
