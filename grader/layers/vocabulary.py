"""What a problem calls the parts of its dense layer, and what its statement settles."""

from __future__ import annotations

from dataclasses import dataclass, fields

from grader.layers.distributions import Draw


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
        words = {field.name: getattr(self, field.name) for field in fields(self)}
        words |= {
            "at_z": self.at_z or self.upstream,
            "Stepper": self.stepper[:1].upper() + self.stepper[1:],
            "summed": "averaged" if self.mean else "summed",
            "scale": self.draw.formula if self.draw else "",
            "example": self.draw.example if self.draw else "",
        }
        return text.format(**words)
