"""Known mistakes in the output of a dense layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.layers.mistakes.activations import ACTIVATIONS, EACH
from grader.layers.mistakes.catalogue import Array, Catalogue, Given

known = Catalogue("output")


NOT_A_DENSE_LAYER = "Every layer behind this one gets other numbers than it should."


@known.mistake(
    "The bias is not added to the output.",
    why="Without {b} the layer can only learn functions that give 0 for an input of 0.",
    hint="Set {b} to something large by hand; does the output move?",
    stronger="Compare the line that computes the output with the formula of the statement.",
)
def bias_not_added(s: Given) -> Any:
    return s.act(s.X @ s.W)


@known.mistake(
    "The bias is subtracted instead of added.",
    why="The update moves {b} the other way than the output needs.",
    hint="Set {W} to zeros by hand; what should the output be, and what is it?",
    stronger="Look at the sign in front of {b}.",
)
def bias_subtracted(s: Given) -> Any:
    return s.act(s.X @ s.W - s.b)


@known.mistake(
    "{X} and {W} are multiplied element by element; the statement asks for the matrix product.",
    why="`*` multiplies numbers at the same place; a unit needs the sum over all its inputs.",
    hint="What does `*` do with two arrays in NumPy, and what does `@` do?",
    stronger="The product of shapes (batch, {n_inputs}) and ({n_inputs}, {n_units}) is written "
    "{X} @ {W}.",
)
def elementwise_product(s: Given) -> Any:
    return s.act(s.X * s.W + s.b)


@known.mistake(
    "An activation ({{shown}}) is applied to the output.",
    why="In this exercise activations are layers of their own; this one is linear.",
    hint="Is an activation part of this layer?",
    stronger="The statement's formula for the output ends after adding {b}.",
    only="linear",
    each=EACH,
)
def activation_added(s: Given, shown: str) -> Any:
    return ACTIVATIONS[shown](s.Z)


@known.mistake(
    "An activation ({{shown}}) is applied to the input.",
    why="In this exercise activations are layers of their own; this one is linear.",
    hint="Is an activation part of this layer?",
    stronger="The statement's formula for the output begins with {X} as it is.",
    each=EACH,
)
def activation_of_input(s: Given, shown: str) -> Any:
    return s.act(ACTIVATIONS[shown](s.X) @ s.W + s.b)


@known.mistake(
    "{forward} returns nothing.",
    why="The next layer needs the value; a printout does not reach it.",
    hint="The caller needs the value, not the printout.",
    stronger="A method without a return statement returns None.",
)
def output_not_returned(s: Given) -> Any:
    return None


@known.mistake(
    "{W} is transposed in the product.",
    why=NOT_A_DENSE_LAYER + " With as many inputs as units it does not even raise.",
    hint="Write the shapes of {X} and {W} below each other; which sizes must meet?",
    stronger="{W} has one row for each input, so {X} and {W} meet without a transpose.",
)
def weights_transposed_in_forward(s: Given) -> Any:
    return s.act(s.X @ s.W.T + s.b)


@known.mistake(
    "The bias is multiplied by {W} as well: the output is ({X} + {b})·{W}.",
    why=NOT_A_DENSE_LAYER,
    hint="In which order are the product and the sum done?",
    stronger="Multiply first, then add.",
)
def bias_added_to_input(s: Given) -> Any:
    return s.act((s.X + s.b) @ s.W)


@known.mistake(
    "The bias is multiplied by the number of rows.",
    why="Each row gets the bias once, whatever the batch.",
    hint="How large is the output for {X} of zeros, with one row and with four?",
    stronger="Broadcasting adds {b} to every row; nothing has to be repeated or summed.",
)
def bias_times_batch(s: Given) -> Any:
    return s.act(s.X @ s.W + s.batch * s.b)


@known.mistake(
    "The product is multiplied by the bias, where the bias should be added.",
    why=NOT_A_DENSE_LAYER + " With a bias of zero nothing comes out at all.",
    hint="Set {b} to zeros by hand; what should the output be, and what is it?",
    stronger="Look at the sign in front of {b}.",
)
def bias_multiplied(s: Given) -> Any:
    return s.act(s.X @ s.W * s.b)


@known.mistake(
    "The bias is added twice.",
    why="The output moves by twice {b}.",
    hint="Set {W} to zeros by hand; what should the output be, and what is it?",
    stronger="Look for two places that add {b}.",
)
def bias_added_twice(s: Given) -> Any:
    return s.act(s.X @ s.W + 2 * s.b)


@known.mistake(
    "The output is transposed: units in rows.",
    why="One row for each sample is what every other layer expects.",
    hint="What shape should the output have for four samples and two units?",
    stronger="Print the shape of what you return, next to (batch, {n_units}).",
)
def output_transposed(s: Given) -> Any:
    return s.Y.T


@known.mistake(
    "A dimension of length 1 is removed from the output.",
    why="A batch of one row, or a layer of one unit, has two dimensions like any other.",
    hint="What is the shape of your output for one row, and for one unit?",
    stronger="np.squeeze, ravel and [0] remove dimensions; so does taking {X} apart row by row.",
)
def output_squeezed(s: Given) -> Any:
    return np.squeeze(s.Y)


@known.mistake(
    "The output is flattened to one dimension.",
    why="One row for each sample is what every other layer expects.",
    hint="What is the shape of your output for two rows?",
    stronger="Something like ravel, flatten or reshape(-1) takes the rows apart.",
)
def output_flattened(s: Given) -> Any:
    return np.ravel(s.Y)


@known.mistake(
    "The output is rounded to {{places}} decimals.",
    why="Rounding hides small steps from the gradient; the example is only printed so.",
    hint="Which of your lines makes the numbers shorter?",
    stronger="Leave rounding to whoever prints.",
    each=[{"places": places} for places in (0, 1, 2, 3, 4, 5, 6, 8)],
)
def output_rounded(s: Given, places: int) -> Any:
    return np.round(s.Y, places)


@known.mistake(
    "The output is single precision (float32).",
    why="Half of the digits are lost, and sums of many small steps with them.",
    hint="Print the dtype of what you return.",
    stronger="NumPy computes in float64 by itself; something of yours converts.",
)
def output_in_float32(s: Given) -> Any:
    return s.Y.astype(np.float32)


@known.mistake(
    "Only the first {{rows}} rows of the output are computed; the rest is zero.",
    why="A batch can have any number of rows.",
    hint="Try a batch of more than {{rows}} rows.",
    stronger="Where does the number of rows come from: from {X}, or from a constant?",
    each=[{"rows": rows} for rows in (8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256)],
)
def rows_left_out(s: Given, rows: int) -> Any:
    output = s.Y.copy()
    output[rows:] = 0
    return output


@known.mistake(
    "The last input is left out of the sum.",
    why="A unit sees every input.",
    hint="Count how often the loop over the inputs runs.",
    stronger="range(n) already ends at n - 1.",
)
def last_input_left_out(s: Given) -> Any:
    return s.act(s.X[:, :-1] @ s.W[:-1] + s.b)


_NORMALISED: dict[str, Callable[[Array, float], Array]] = {
    "column by column, to mean 0 and deviation 1": lambda X, tiny: (
        (X - X.mean(axis=0)) / (X.std(axis=0) + tiny)
    ),
    "row by row, to mean 0 and deviation 1": lambda X, tiny: (
        (X - X.mean(axis=1, keepdims=True)) / (X.std(axis=1, keepdims=True) + tiny)
    ),
    "as a whole, to mean 0 and deviation 1": lambda X, tiny: (X - X.mean()) / (X.std() + tiny),
    "by its largest number": lambda X, tiny: X / (np.abs(X).max() + tiny),
    "to mean 0": lambda X, tiny: X - X.mean(axis=0),
}


@known.mistake(
    "The input is normalised before the product ({{way}}).",
    why="What the layer gives for a sample depends on the others in the batch, or loses its scale.",
    hint="Try an input in which all numbers are equal.",
    stronger="The formula of the output contains {X} as it is.",
    each=[{"way": way, "tiny": tiny} for way in _NORMALISED for tiny in (0.0, 1e-8, 1e-7, 1e-5)],
)
def input_normalised(s: Given, way: str, tiny: float) -> Any:
    return s.act(_NORMALISED[way](s.X, tiny) @ s.W + s.b)


@known.mistake(
    "{X} is turned round when it has as many rows as inputs.",
    why="The rows are the samples, however many there are.",
    hint="Try a batch of three rows with three inputs.",
    stronger="Which way round {X} stands is settled by the statement; do not let the shape decide.",
)
def columns_taken_for_samples(s: Given) -> Any:
    return s.act(s.X.T @ s.W + s.b) if s.batch == s.n_inputs else s.Y


@known.mistake(
    "The output is averaged over the batch.",
    why="Each sample has an output of its own.",
    hint="How many rows go in, and how many come out?",
    stronger="Nothing in the forward pass mixes rows.",
)
def output_averaged(s: Given) -> Any:
    return s.Y.mean(axis=0, keepdims=True)
