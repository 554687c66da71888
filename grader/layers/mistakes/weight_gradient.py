"""Known mistakes in the gradient of the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.layers.mistakes.activations import (
    DERIVATIVE_HINT,
    DERIVATIVE_STRONGER,
    DERIVATIVE_WHY,
    DERIVATIVES,
    EACH_DERIVATIVE,
)
from grader.layers.mistakes.catalogue import Array, Catalogue, Given, array

known = Catalogue("weight-gradient")


@known.mistake(
    "The weight gradient is the mean over the batch; the statement asks for the sum.",
    why="Steps become smaller the larger the batch is.",
    hint="Is the averaging over the batch this layer's job, or already inside {upstream}?",
    stronger="The formula {X}ᵀ·{G} has no division.",
    only="sum",
)
def weight_mean(s: Given) -> Any:
    return s.X.T @ s.D / s.batch


@known.mistake(
    "The weight gradient is the sum over the batch; the statement asks for the mean.",
    why="Steps become larger the larger the batch is.",
    hint="Put every row into the batch twice. Should the step change?",
    stronger="{X}ᵀ·{G} adds up the rows; divide by how many there are.",
    only="mean",
)
def weight_sum(s: Given) -> Any:
    return s.X.T @ s.D


@known.mistake(
    "The weight gradient is divided by the number of rows twice.",
    why="Steps become smaller the larger the batch is.",
    hint="Put every row into the batch twice. Should the step change?",
    stronger="Look for two places that divide by the number of rows, or take a mean.",
    only="mean",
)
def weight_divided_twice(s: Given) -> Any:
    return s.X.T @ s.D / s.batch**2


@known.mistake(
    "The weight gradient is divided by the number of inputs, not of rows.",
    why="The mean is over the samples, and each sample is a row.",
    hint="Which size of {X} counts the samples?",
    stronger="Axis 0 counts the rows, which are the samples.",
    only="mean",
)
def weight_divided_by_inputs(s: Given) -> Any:
    return s.X.T @ s.D / s.n_inputs


@known.mistake(
    "The weight gradient is divided by the number of units, not of rows.",
    why="The mean is over the samples, and each sample is a row.",
    hint="Which size of {upstream} counts the samples?",
    stronger="Axis 0 counts the rows, which are the samples.",
    only="mean",
)
def weight_divided_by_units(s: Given) -> Any:
    return s.X.T @ s.D / s.n_units


@known.mistake(
    "The weight gradient is transposed.",
    why="Each weight gets another weight's step.",
    hint="The weight gradient must have the same shape as {W}.",
    stronger="Which factor has the inputs in its columns, and where must they end up?",
)
def weight_transposed(s: Given) -> Any:
    return s.D.T @ s.X / s.over


@known.mistake(
    "The weight gradient is transposed in square layers.",
    why="With as many inputs as units the wrong product fits as well, and gives other numbers.",
    hint="Try a layer with three inputs and three units.",
    stronger="The order of the factors is always the same; do not let the shapes decide.",
)
def weight_transposed_if_square(s: Given) -> Any:
    return (s.D.T @ s.X if s.n_inputs == s.n_units else s.X.T @ s.D) / s.over


@known.mistake(
    "The transpose of {X} is missing in the weight gradient.",
    why="The gradient must have the same shape as {W}.",
    hint="The weight gradient must have the same shape as {W}.",
    stronger="{X} has a row for each sample; which way round must it stand to meet {G}?",
)
def weight_without_transpose(s: Given) -> Any:
    return s.X @ s.D / s.over


@known.mistake(
    "{X}ᵀ and {G} are multiplied element by element; the weight gradient is their matrix product.",
    why="`*` multiplies numbers at the same place; every weight gets a share from every sample.",
    hint="What does `*` do with two arrays in NumPy, and what does `@` do?",
    stronger="The product of shapes ({n_inputs}, batch) and (batch, {n_units}) needs `@`.",
)
def weight_elementwise(s: Given) -> Any:
    return s.X.T * s.D / s.over


@known.mistake(
    "The weight gradient is the outer product of all inputs and all gradients.",
    why="For one row that is the same; for more it has another shape.",
    hint="Try a batch of two rows.",
    stronger="np.outer flattens its arguments; the matrix product sums over the rows.",
)
def weight_outer(s: Given) -> Any:
    return np.outer(s.X, s.D) / s.over


@known.mistake(
    "Inputs and gradients are summed over the batch before they are multiplied.",
    why="That multiplies the input of one sample by the gradient of another.",
    hint="Try a batch of two rows, and do the sum by hand.",
    stronger="Multiply row by row first, and sum then; the matrix product does both.",
)
def weight_outer_of_sums(s: Given) -> Any:
    return np.outer(s.X.sum(axis=0), s.D.sum(axis=0)) / s.over


@known.mistake(
    "Inputs and gradients are averaged over the batch before they are multiplied.",
    why="That multiplies the input of one sample by the gradient of another.",
    hint="Try a batch of two rows, and do the sum by hand.",
    stronger="Multiply row by row first, and sum then; the matrix product does both.",
)
def weight_outer_of_means(s: Given) -> Any:
    return np.outer(s.X.mean(axis=0), s.D.mean(axis=0))


@known.mistake(
    "The weight gradient comes from the {{which}} row of the batch only.",
    why="The other samples teach the layer nothing.",
    hint="Try a batch of two rows.",
    stronger="Look for an index; in a loop over the rows, is each row's part added, or assigned?",
    each=[
        {"which": which, "row": row, "alone": alone}
        for which, row in (("first", 0), ("last", -1))
        for alone in (True, False)
    ],
)
def weight_of_one_row(s: Given, which: str, row: int, alone: bool) -> Any:
    return np.outer(s.X[row], s.D[row]) / (1 if alone else s.over)


@known.mistake(
    "The weight gradient has the wrong sign.",
    why="{Stepper} subtracts what it is given; with the sign turned twice, the loss grows.",
    hint="Does the loss go down when you step?",
    stronger="{Stepper} already goes against the gradient.",
)
def weight_negated(s: Given) -> Any:
    return -(s.X.T @ s.D) / s.over


@known.mistake(
    "The weight gradient is computed from the output instead of the input.",
    why="A weight's influence is as large as the input that it is multiplied by.",
    hint="What is kept in the forward pass for the backward pass?",
    stronger="Keep {X}, not what is returned.",
)
def weight_from_output(s: Given) -> Any:
    return array(s, "output").T @ s.D / s.over


@known.mistake(
    "{X} is reshaped where it should be transposed.",
    why="reshape keeps the order of the numbers and only breaks lines elsewhere.",
    hint="Print {X}.reshape(3, 2) and {X}.T for a small {X}.",
    stronger="Rows and columns are exchanged by .T.",
)
def input_reshaped(s: Given) -> Any:
    return s.X.reshape(s.n_inputs, s.batch) @ s.D / s.over


@known.mistake(
    "The weight gradient is computed in single precision (float32).",
    why="Half of the digits are lost.",
    hint="Print the dtypes of the gradient, and of what it is made of.",
    stronger="NumPy computes in float64 by itself; something of yours converts.",
    each=[{"all_of_it": True}, {"all_of_it": False}],
)
def weight_in_float32(s: Given, all_of_it: bool) -> Any:
    gradient = s.D.astype(np.float32) if all_of_it else s.D
    return s.X.astype(np.float32).T @ gradient / s.over


@known.mistake(
    "The weight gradient is made of the gradient that has gone through {W} already.",
    why="The weights see the gradient at their own output, before it goes on to the layer below.",
    hint="What is in {upstream} when the weight gradient is computed?",
    stronger="Give the returned gradient a name of its own, so that {upstream} stays what it was.",
)
def weight_from_input_gradient(s: Given) -> Any:
    return s.X.T @ (s.D @ s.W.T) / s.over


@known.mistake(
    "{{factor}} times {{what}} is added to the weight gradient (weight decay).",
    why="Regularisation is not part of this layer; {W} shrinks even where there is no loss.",
    hint="What should the gradient be where {upstream} is zero?",
    stronger="The formula for the weight gradient does not contain {W}.",
    each=[
        {"factor": factor, "what": what, "penalty": penalty}
        for factor in (2, 1, 0.5, 0.1, 0.05, 0.01, 0.001, 0.0001)
        for what, penalty in (("the weights", lambda W: W), ("the signs of the weights", np.sign))
    ],
)
def weight_decay(s: Given, factor: float, what: str, penalty: Callable[[Array], Array]) -> Any:
    return s.X.T @ s.D / s.over + factor * penalty(s.W)


@known.mistake(
    "The weight gradient is clipped to [-1, 1].",
    why="A large error should make a large step.",
    hint="What does your code do with a gradient of 5?",
    stronger="Clipping, where it is wanted, is a matter of {stepper}.",
)
def weight_clipped(s: Given) -> Any:
    return np.clip(s.X.T @ s.D / s.over, -1, 1)


@known.mistake(
    "The weight gradient is always zero.",
    why="The weights never learn.",
    hint="How does the output change if one weight grows by 1?",
    stronger="Look for zeros that nothing is added to.",
)
def weight_zero(s: Given) -> Any:
    return np.zeros_like(s.W)


@known.mistake(
    "The weight gradient contains the derivative of an activation ({{shown}}).",
    why=DERIVATIVE_WHY,
    hint=DERIVATIVE_HINT,
    stronger=DERIVATIVE_STRONGER,
    only="linear",
    each=EACH_DERIVATIVE,
)
def weight_times_derivative(s: Given, shown: str) -> Any:
    return s.X.T @ (s.D * DERIVATIVES[shown](s.Z)) / s.over
