"""Known mistakes in the gradient that a dense layer hands down."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.layers.mistakes.activations import (
    DERIVATIVE_HINT,
    DERIVATIVE_STRONGER,
    DERIVATIVE_WHY,
    DERIVATIVES,
    EACH_DERIVATIVE,
)
from grader.layers.mistakes.catalogue import Catalogue, Given, array

known = Catalogue("input-gradient")


@known.mistake(
    "{backward} returns the gradient through the already updated {W}.",
    why="The output was made with the old weights; its slope is theirs.",
    hint="Which weights produced this output: the ones before or after your update line?",
    stronger="Compute the returned gradient, or keep a copy of {W}, before you update {W}.",
    only="updates",
)
def post_update_w(s: Given) -> Any:
    return s.D @ array(s, "new_W").T


@known.mistake(
    "The transpose of {W} is missing in the returned gradient.",
    why="The gradient for {X} must have the shape of {X}.",
    hint="What shape must the returned gradient have? Compare with {X}.",
    stronger="{G} has a column for each unit; which way round must {W} stand to meet it?",
)
def missing_transpose(s: Given) -> Any:
    return s.D @ s.W


@known.mistake(
    "The transpose of {W} is missing in the returned gradient, and {W} is the updated one.",
    why="The gradient for {X} must have the shape of {X}, and go through the old weights.",
    hint="What shape must the returned gradient have? And which weights made the output?",
    stronger="Keep a copy of {W} before the update; then let the shapes tell where it goes.",
    only="updates",
)
def missing_transpose_post_update(s: Given) -> Any:
    return s.D @ array(s, "new_W")


@known.mistake(
    "{W} is transposed only if the shapes do not fit otherwise, which goes wrong in a square "
    "layer.",
    why="With as many inputs as units the wrong product fits as well, and gives other numbers.",
    hint="Try a layer with three inputs and three units.",
    stronger="The transpose is always needed; do not let the shapes decide.",
)
def transposed_if_needed(s: Given) -> Any:
    return s.D @ s.W if s.n_inputs == s.n_units else s.D @ s.W.T


@known.mistake(
    "{backward} returns the gradient of the weights.",
    why="The layer below needs to know how the loss depends on its output, which is {X}.",
    hint="Whose gradient does the layer below ask for?",
    stronger="Two gradients are for the parameters; the third one is for the layer below.",
)
def returns_weight_gradient(s: Given) -> Any:
    return s.X.T @ s.D / s.over


@known.mistake(
    "{G} and {W} are multiplied element by element; the chain rule asks for the matrix product.",
    why="`*` multiplies numbers at the same place; an input reaches every unit.",
    hint="What does `*` do with two arrays in NumPy, and what does `@` do?",
    stronger="The product of shapes (batch, {n_units}) and ({n_units}, {n_inputs}) needs `@`.",
)
def input_gradient_elementwise(s: Given) -> Any:
    return s.D * s.W.T


@known.mistake(
    "{backward} returns the weights themselves.",
    why="The layer below needs to know how the loss depends on its output, which is {X}.",
    hint="What shape must the returned gradient have? Compare with {X}.",
    stronger="{W} is one factor of the returned gradient; what is the other?",
    each=[{"updated": False}, {"updated": True}],
)
def returns_weights(s: Given, updated: bool) -> Any:
    return array(s, "new_W") if updated else s.W


@known.mistake(
    "{backward} returns the incoming gradient as it is.",
    why="The gradient with respect to {X} depends on the weights.",
    hint="What shape must the returned gradient have? Compare with {X}.",
    stronger="Use the chain rule: each input reaches every unit through a weight.",
)
def returns_incoming_gradient(s: Given) -> Any:
    return s.G


@known.mistake(
    "{backward} returns {at_z}, which has not gone through {W}.",
    why="The gradient with respect to {X} depends on the weights.",
    hint="What shape must the returned gradient have? Compare with {X}.",
    stronger="Use the chain rule: each input reaches every unit through a weight.",
    only="activation",
)
def returns_gradient_at_z(s: Given) -> Any:
    return s.D


@known.mistake(
    "{backward} returns nothing.",
    why="The layer below waits for its gradient.",
    hint="What does the layer below get from this one?",
    stronger="A method without a return statement returns None.",
)
def input_gradient_not_returned(s: Given) -> Any:
    return None


@known.mistake(
    "The returned gradient is divided by the number of rows.",
    why="Every row has a gradient of its own; averaging is the loss's job.",
    hint="Is the averaging over the batch this layer's job, or already inside {upstream}?",
    stronger="The formula for the returned gradient has no division.",
)
def input_gradient_mean(s: Given) -> Any:
    return s.D @ s.W.T / s.batch


@known.mistake(
    "The returned gradient is transposed.",
    why="It must have the shape of {X}.",
    hint="What shape must the returned gradient have? Compare with {X}.",
    stronger="In a product the order of the factors decides which sizes meet.",
)
def input_gradient_transposed(s: Given) -> Any:
    return s.W @ s.D.T


@known.mistake(
    "The returned gradient has the wrong sign.",
    why="The layers below would climb the loss instead of going down.",
    hint="What turns a gradient into a step down: the gradient itself, or what subtracts it?",
    stronger="The formula for the returned gradient has no minus.",
)
def input_gradient_negated(s: Given) -> Any:
    return -(s.D @ s.W.T)


@known.mistake(
    "The returned gradient is clipped to [-1, 1].",
    why="What is cut off is lost for all the layers below.",
    hint="What does your code do with a gradient of 5?",
    stronger="Clipping, where it is wanted, is a matter of {stepper}.",
)
def input_gradient_clipped(s: Given) -> Any:
    return np.clip(s.D @ s.W.T, -1, 1)


@known.mistake(
    "The returned gradient passes only where the input is positive, as in a ReLU.",
    why="This layer is linear: its slope does not depend on the sign of the input.",
    hint="Is an activation part of this layer?",
    stronger="The derivative of {X}·{W} + {b} with respect to {X} does not contain {X}.",
    only="linear",
)
def input_gradient_masked(s: Given) -> Any:
    return (s.D @ s.W.T) * (s.X > 0)


@known.mistake(
    "{W} is reshaped where it should be transposed.",
    why="reshape keeps the order of the numbers and only breaks lines elsewhere.",
    hint="Print {W}.reshape(3, 2) and {W}.T for a small {W}.",
    stronger="Rows and columns are exchanged by .T.",
)
def weights_reshaped(s: Given) -> Any:
    return s.D @ s.W.reshape(s.n_units, s.n_inputs)


@known.mistake(
    "The returned gradient is multiplied by the input.",
    why="The derivative of {X}·{W} with respect to {X} does not contain {X}.",
    hint="Differentiate x·w with respect to x.",
    stronger="{X} belongs into the gradient of the weights.",
)
def input_gradient_times_input(s: Given) -> Any:
    return (s.D @ s.W.T) * s.X


@known.mistake(
    "The returned gradient contains the derivative of an activation ({{shown}}).",
    why=DERIVATIVE_WHY,
    hint=DERIVATIVE_HINT,
    stronger=DERIVATIVE_STRONGER,
    only="linear",
    each=EACH_DERIVATIVE,
)
def input_gradient_times_derivative(s: Given, shown: str) -> Any:
    return (s.D * DERIVATIVES[shown](s.Z)) @ s.W.T
