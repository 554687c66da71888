"""Known mistakes in the gradient of the biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.misconceptions import Text
from grader.layers.mistakes.activations import (
    DERIVATIVE_HINT,
    DERIVATIVE_STRONGER,
    DERIVATIVE_WHY,
    DERIVATIVES,
    EACH_DERIVATIVE,
)
from grader.layers.mistakes.catalogue import Array, Catalogue, Given

known = Catalogue("bias-gradient")


@known.mistake(
    "The bias gradient is the mean over the batch; the statement asks for the sum.",
    why="Each row of the output has the bias added to it, so each row adds its share.",
    hint="Each row of the batch adds the same bias; how do their contributions combine?",
    stronger="Compare np.mean and np.sum for a batch of two equal rows.",
    only="sum",
)
def bias_mean(s: Given) -> Any:
    return s.D.mean(axis=0, keepdims=True)


@known.mistake(
    "The bias gradient is the sum over the batch; the statement asks for the mean.",
    why="Steps become larger the larger the batch is.",
    hint="Put every row into the batch twice. Should the step change?",
    stronger="Compare np.mean and np.sum for a batch of two equal rows.",
    only="mean",
)
def bias_sum(s: Given) -> Any:
    return s.D.sum(axis=0, keepdims=True)


@known.mistake(
    "The bias gradient is divided by the number of rows twice.",
    why="Steps become smaller the larger the batch is.",
    hint="Put every row into the batch twice. Should the step change?",
    stronger="Look for two places that divide by the number of rows, or take a mean.",
    only="mean",
)
def bias_divided_twice(s: Given) -> Any:
    return s.D.mean(axis=0, keepdims=True) / s.batch


@known.mistake(
    "The bias gradient is {at_z} itself, one row for each sample.",
    why="The bias would get one row for each sample after the first step.",
    hint="What shape is your bias after a batch of four rows?",
    stronger="The rows have to become one.",
)
def bias_unsummed(s: Given) -> Any:
    return s.D


@known.mistake(
    "The bias gradient is {at_z} divided by the number of rows, one row for each sample.",
    why="The bias would get one row for each sample after the first step.",
    hint="What shape is your bias after a batch of four rows?",
    stronger="The rows have to become one.",
    only="mean",
)
def bias_unsummed_divided(s: Given) -> Any:
    return s.D / s.batch


def _everywhere(value: Any, s: Given, form: str) -> Any:
    """One number for all the biases, as it is or in an array."""
    shapes = {"a number": (), "one element": (1, 1), "every element": s.b.shape}
    return np.full(shapes[form], value)


_FORMS: list[dict[str, Any]] = [
    {"form": form} for form in ("a number", "one element", "every element")
]


@known.mistake(
    "The bias gradient is the sum over everything, one number for all units.",
    why="Every unit's bias gets the same step, whatever its own error is.",
    hint="Should every unit's bias get the same step?",
    stronger="Which argument tells np.sum to go along one axis only?",
    each=[form | {"divided": divided} for divided in (False, True) for form in _FORMS],
)
def bias_sum_all(s: Given, form: str, divided: bool) -> Any:
    return _everywhere(np.sum(s.D) / (s.over if divided else 1), s, form)


@known.mistake(
    "The bias gradient is the mean over everything, one number for all units.",
    why="Every unit's bias gets the same step, whatever its own error is.",
    hint="Should every unit's bias get the same step?",
    stronger="Which argument tells np.mean to go along one axis only?",
    each=_FORMS,
)
def bias_mean_all(s: Given, form: str) -> Any:
    return _everywhere(np.mean(s.D), s, form)


_AXIS_1 = Text(
    "The bias gradient is {summed} over the units instead of over the batch.",
    why="There is one bias for each unit, not one for each sample.",
    hint="Which axis is the batch?",
    stronger="Axis 0 counts the rows, which are the samples.",
)


def _over_units(function: Callable[..., Array], s: Given, keepdims: bool) -> Array:
    """What NumPy gives; without keepdims as a row where it can be taken for the biases."""
    values = function(s.D, axis=1, keepdims=keepdims)
    return values.reshape(1, -1) if values.size == s.n_units and not keepdims else values


_KEEPDIMS = [{"keepdims": True}, {"keepdims": False}]
known.add(
    "bias_sum_axis1",
    _AXIS_1,
    lambda s, keepdims: _over_units(np.sum, s, keepdims) / s.over,
    each=_KEEPDIMS,
)
known.add(
    "bias_mean_axis1",
    _AXIS_1,
    lambda s, keepdims: _over_units(np.mean, s, keepdims),
    "mean",
    _KEEPDIMS,
)


@known.mistake(
    "The bias gradient is the {{which}} row of {at_z} only.",
    why="The other samples teach the bias nothing.",
    hint="Try a batch of two rows.",
    stronger="Look for an index; in a loop over the rows, is each row's part added, or assigned?",
    each=[{"which": "first"}, {"which": "last"}],
)
def bias_of_one_row(s: Given, which: str) -> Any:
    return s.D[:1] if which == "first" else s.D[-1:]


@known.mistake(
    "The bias gradient is always zero.",
    why="The output moves with the bias one to one, so the loss does, too.",
    hint="How does the output change if one bias grows by 1?",
    stronger="That it does not depend on the input does not make it zero.",
)
def bias_zero(s: Given) -> Any:
    return np.zeros_like(s.b)


@known.mistake(
    "The bias gradient has the wrong sign.",
    why="{Stepper} subtracts what it is given; with the sign turned twice, the loss grows.",
    hint="Does the loss go down when you step?",
    stronger="{Stepper} already goes against the gradient.",
)
def bias_negated(s: Given) -> Any:
    return -s.D.sum(axis=0, keepdims=True) / s.over


@known.mistake(
    "The bias gradient is averaged over the units.",
    why="The steps of the bias would depend on how many units the layer has.",
    hint="Which axis is the batch, and is it summed or averaged?",
    stronger="Is there a division that the formula does not have?",
    only="sum",
)
def bias_divided_by_units(s: Given) -> Any:
    return s.D.sum(axis=0, keepdims=True) / s.n_units


known.add(
    "bias_divided_by_units",
    Text(
        "The bias gradient is divided by the number of units, not of rows.",
        why="The mean is over the samples, and each sample is a row.",
        hint="Which size of {upstream} counts the samples?",
        stronger="Axis 0 counts the rows, which are the samples.",
    ),
    bias_divided_by_units,
    "mean",
)


@known.mistake(
    "The bias gradient is made of the gradient that has gone through {W} already.",
    why="The biases see the gradient at their own output, before it goes on to the layer below.",
    hint="What is in {upstream} when the bias gradient is computed?",
    stronger="Give the returned gradient a name of its own, so that {upstream} stays what it was.",
)
def bias_from_input_gradient(s: Given) -> Any:
    return (s.D @ s.W.T).sum(axis=0, keepdims=True) / s.over


@known.mistake(
    "update is called with {b} and the gradient of the weights.",
    why="Each parameter has a gradient of its own, of its own shape.",
    hint="Print the shapes of what the two calls of update are given.",
    stronger="Look at the names of the two gradients.",
    only="updates",
)
def bias_given_weight_gradient(s: Given) -> Any:
    return s.X.T @ s.D


@known.mistake(
    "The bias gradient is the sum of the weight gradient over the inputs.",
    why="That counts every sample as often as its inputs are large.",
    hint="What is the bias multiplied by in the output?",
    stronger="The bias gradient does not contain {X}.",
)
def bias_from_weight_gradient(s: Given) -> Any:
    return (s.X.T @ s.D / s.over).sum(axis=0, keepdims=True)


@known.mistake(
    "The bias gradient contains the derivative of an activation ({{shown}}).",
    why=DERIVATIVE_WHY,
    hint=DERIVATIVE_HINT,
    stronger=DERIVATIVE_STRONGER,
    only="linear",
    each=EACH_DERIVATIVE,
)
def bias_times_derivative(s: Given, shown: str) -> Any:
    return (s.D * DERIVATIVES[shown](s.Z)).sum(axis=0, keepdims=True) / s.over
