"""Known mistakes in the biases that a dense layer starts with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.checks.misconceptions import Text, Unknown, Values
from grader.layers.mistakes.catalogue import Catalogue, Given, array

known = Catalogue("first-bias")


def _add(
    name: str,
    title: str,
    hint: str,
    stronger: str,
    predict: Callable[..., Any],
    each: Sequence[Values] = ({},),
) -> None:
    why = "Before it has learned anything the layer should not prefer any output."
    known.add(name, Text(title, why, hint, stronger), predict, each=each)


_SHAPES = "Print the shape of {X}.dot({W}) and of {b}."
_UNITS = "Print the shape of {b}. How many units are there?"
_ONE_ROW = "One zero for each unit, in one row."


def _random(s: Given) -> Any:
    """The biases as they are, if they are other ones after another seed."""
    biases = array(s, "b")
    if biases.shape != (1, s.n_units) or np.array_equal(biases, array(s, "other_b")):
        raise Unknown
    return biases


_add(
    "bias_column",
    "{b} is a column of shape ({n_units}, 1).",
    _SHAPES,
    "One row, so that it can be added to every row of the output.",
    lambda s: np.zeros((s.n_units, 1)),
)
_add(
    "bias_ones",
    "{b} starts as ones.",
    "Re-read how the bias starts.",
    "np.ones is not np.zeros.",
    lambda s: np.ones((1, s.n_units)),
)
_add(
    "bias_random",
    "{b} is drawn at random, where it should start as zeros.",
    "Re-read how the bias starts.",
    "Nothing has to be drawn for {b}.",
    _random,
)
_add(
    "bias_scalar",
    "{b} is one number for the whole layer.",
    _UNITS,
    _ONE_ROW,
    lambda s, zero: zero,
    [{"zero": zero} for zero in (0, 0.0, np.zeros(1), np.zeros((1, 1)))],
)
_add(
    "bias_like_weights",
    "{b} has the shape of {W}.",
    _UNITS,
    _ONE_ROW,
    lambda s: np.zeros((s.n_inputs, s.n_units)),
)
_add(
    "bias_per_input",
    "{b} has one number for each input, not for each unit.",
    _SHAPES,
    _ONE_ROW,
    lambda s: np.zeros((1, s.n_inputs)),
)
