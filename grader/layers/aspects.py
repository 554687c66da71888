"""What an aspect of an affine layer hands to the predictions of known mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.layers.activations import LINEAR, Activation
from grader.layers.cases import AffineCase
from grader.layers.distributions import Draw


def looks(
    case: AffineCase,
    *,
    mean: bool = False,
    activation: Activation = LINEAR,
) -> dict[str, Any]:
    """Return what every prediction about a forward or backward pass may use, for ``Seen``.

    Args:
        case: Has X (batch, n_inputs), W (n_inputs, n_units), b (1, n_units), G (batch, n_units).
        mean: Whether parameter gradients are means over the batch.
        activation: What Z = X W + b goes through.

    Returns:
        The values of the case by name, and: ``activation``, its name; ``act`` and ``derivative``,
        functions of Z; ``Z`` and ``Y``, before and after ``act``; ``D``, the gradient with respect
        to Z (G, times the derivative); ``over``, what sums over the batch are divided by (1, or
        the number of rows).
    """
    given = {name: getattr(case, name) for name in "X W b G batch n_inputs n_units".split()}
    Z = case.X @ case.W + case.b
    return given | {
        "Z": Z,
        "Y": activation.function(Z),
        "D": case.G * activation.derivative(Z),
        "over": case.batch if mean else 1,
        "activation": activation.name,
        "act": activation.function,
        "derivative": activation.derivative,
    }


def as_row(value: Any, n_units: int) -> Any:
    """Lay an array of shape (n_units,) as a row, as predictions have it; leave others alone."""
    if isinstance(value, np.ndarray) and value.shape == (n_units,):
        return value.reshape(1, -1)
    return value


def looks_at_start(draw: Draw, seed: int, n_inputs: int, n_units: int) -> dict[str, Any]:
    """Return what predictions about a fresh layer may use, for ``Seen``.

    Args:
        draw: How the statement has the weights drawn.
        seed: Of NumPy's global generator, when the layer is made or initialized.

    Returns:
        The arguments by name, and ``random``: a function that makes a generator as the student's
        code finds the global one; each prediction draws from a new one. ``scale`` is what the
        statement's draw is scaled by here, and ``scale_is`` what that is called: ``limit``.
    """
    return {
        "draw": draw,
        "seed": seed,
        "n_inputs": n_inputs,
        "n_units": n_units,
        "random": lambda: np.random.RandomState(seed),
        "scale": float(draw.scale(n_inputs, n_units)),
        "scale_is": "limit" if draw.family == "uniform" else "standard deviation",
    }
