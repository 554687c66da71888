"""Room: known mistakes in how many random numbers are drawn, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.judge.affine.mistakes.catalogue import Catalogue, Given
from grader.judge.diagnosis import Predicts, Text


def same_family(known: Catalogue, family: str, why: str) -> None:
    """Add what goes wrong with the right distribution as well as with another.

    Args:
        family: Of the right draw, ``uniform`` or ``normal``.
        why: It matters.
    """

    def add(name: str, title: str, hint: str, stronger: str, predict: Predicts) -> None:
        known.add(name, Text(title, why, hint, stronger), predict, family)

    add(
        "init_zeros",
        "{W} starts as zeros.",
        "What happens if all the weights of a layer are equal?",
        "Equal units get equal gradients, and stay equal for ever; {W} has to be random.",
        lambda s: np.zeros((s.n_inputs, s.n_units)),
    )
    add(
        "init_w_transposed",
        "{W} has the shape ({n_units}, {n_inputs}): one row for each unit.",
        "The statement fixes the shape of {W}.",
        "({n_inputs}, {n_units}), in this order.",
        lambda s: _drawn(s, s.n_units, s.n_inputs),
    )
    add(
        "init_drawn_transposed",
        "{W} is drawn with rows and columns exchanged, and transposed afterwards.",
        "In which order do the random numbers fill {W}?",
        "Draw {W} in one call, in the shape that it has to have.",
        lambda s: _drawn(s, s.n_units, s.n_inputs).T,
    )
    add(
        "init_hardcoded_2",
        "{W} always has two rows, whatever the number of inputs is.",
        "Try a layer with three inputs.",
        "The number of rows is {n_inputs}.",
        lambda s: _drawn(s, 2, s.n_units),
    )
    add(
        "init_drawn_twice",
        "{W} is drawn twice, and the first draw is thrown away.",
        "How many random numbers does your layer use up?",
        "Draw {W} once, in {start}.",
        lambda s: _drawn_after(s, (s.n_inputs, s.n_units)),
    )
    add(
        "init_after_bias",
        "The bias is drawn before {W}, which uses up the numbers that were meant for {W}.",
        "How does the bias start?",
        "{b} is zeros; nothing has to be drawn for it.",
        lambda s: _drawn_after(s, (1, s.n_units)),
    )


def _drawn(s: Given, *shape: int) -> Any:
    return s.draw(s.random(), s.n_inputs, s.n_units, shape)


def _drawn_after(s: Given, before: tuple[int, int]) -> Any:
    """The weights, drawn after something of the shape ``before``."""
    random = s.random()
    s.draw(random, s.n_inputs, s.n_units, before)
    return s.draw(random, s.n_inputs, s.n_units)
