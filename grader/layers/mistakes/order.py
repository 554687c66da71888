"""Known mistakes in how many random numbers are drawn, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.misconceptions import Predicts, Text, Unknown
from grader.layers.mistakes.catalogue import Array, Catalogue, Given, array

EQUAL = "Equal units get equal gradients, and stay equal for ever."
SHAPE = "Whatever works with {W} counts on its shape."
REPEATED = "With the same seed everybody should get the same weights: so results can be compared."
RESEEDED = "All layers of one size start equal, and the seed that others have set is lost."


def same_family(known: Catalogue, family: str, why: str) -> None:
    """Add what goes wrong with the right distribution as well as with another.

    Args:
        family: Of the right draw, ``uniform`` or ``normal``.
        why: It matters.
    """

    def add(
        name: str, title: str, hint: str, stronger: str, predict: Predicts, why: str = why
    ) -> None:
        known.add(name, Text(title, why, hint, stronger), predict, family)

    add(
        "init_zeros",
        "{W} starts as zeros.",
        "What happens if all the weights of a layer are equal?",
        "Draw {W}, as the statement says.",
        lambda s: np.zeros((s.n_inputs, s.n_units)),
        EQUAL,
    )
    add(
        "init_all_equal",
        "{W} is one number in all places.",
        "How many random numbers does your layer draw?",
        "Say how many numbers to draw: the shape of {W}.",
        _all_equal,
        EQUAL,
    )
    add(
        "init_w_transposed",
        "{W} has the shape ({n_units}, {n_inputs}): one row for each unit.",
        "The statement fixes the shape of {W}.",
        "({n_inputs}, {n_units}), in this order.",
        lambda s: _drawn(s, s.n_units, s.n_inputs),
        SHAPE,
    )
    add(
        "init_drawn_transposed",
        "{W} is filled column by column, or drawn the other way round and transposed.",
        "In which order do the random numbers fill {W}?",
        "Draw {W} in one call, in the shape that it has to have.",
        lambda s: _drawn(s, s.n_units, s.n_inputs).T,
        REPEATED,
    )
    add(
        "init_hardcoded_2",
        "{W} always has two rows, whatever the number of inputs is.",
        "Try a layer with three inputs.",
        "The number of rows is {n_inputs}.",
        lambda s: _drawn(s, 2, s.n_units),
        SHAPE,
    )
    add(
        "init_drawn_twice",
        "{W} is drawn twice, and the first draw is thrown away.",
        "How many random numbers does your layer use up?",
        "Draw {W} once, in {start}.",
        lambda s: _drawn_after(s, (s.n_inputs, s.n_units)),
        REPEATED,
    )
    add(
        "init_after_bias",
        "The bias is drawn before {W}, which uses up the numbers that were meant for {W}.",
        "How does the bias start?",
        "{b} is zeros; nothing has to be drawn for it.",
        lambda s: _drawn_after(s, (1, s.n_units)),
        REPEATED,
    )
    add(
        "init_own_generator",
        "{W} is different each time, although np.random is seeded: it is drawn elsewhere.",
        "What does np.random.seed seed, and which generator do you draw from?",
        "default_rng makes a generator of its own, and Python's random is another; draw from"
        " np.random.",
        lambda s: _drawn_if(s, again=False),
        REPEATED,
    )
    add(
        "init_reseeded",
        "{W} is the same after every seed: the layer seeds the generator itself.",
        "Make two layers of one size. Should they have the same weights?",
        "Look for np.random.seed; whoever wants repeatable numbers seeds outside.",
        lambda s: _drawn_if(s, again=True, other=True),
        RESEEDED,
    )
    if family == "normal":
        add(
            "init_rand_scaled",
            "{W} is drawn from [0, 1) and multiplied by a number, so no weight is negative.",
            "Which distribution is asked for?",
            "np.random.rand is uniform on [0, 1); np.random.randn is normal.",
            lambda s: _stretched(s, s.random().rand, moved=False),
        )
        add(
            "init_uniform_scaled",
            "{W} is drawn from a uniform distribution, not from a normal one.",
            "Which distribution is asked for?",
            "A uniform distribution has two ends; a normal one has none.",
            lambda s: _stretched(s, s.random().rand, moved=True),
        )
    else:
        add(
            "init_normal_scaled",
            "{W} is drawn from a normal distribution, not from a uniform one.",
            "Which distribution is asked for?",
            "A uniform distribution has two ends; a normal one has none.",
            lambda s: _stretched(s, s.random().randn),
        )
    add(
        "init_other_numbers",
        "{W} follows the seed, but its numbers are not those of the draw in the statement.",
        "In how many calls do you draw, from which generator, and for what else before?",
        "Draw all of {W} in one call from np.random, before anything else is drawn.",
        _other_numbers,
        REPEATED,
    )


def _all_equal(s: Given) -> Any:
    if np.ptp(array(s, "W")):
        raise Unknown
    return s.W


def _other_numbers(s: Given) -> Any:
    """The weights as they are, if they are not those of the statement's draw in another range."""
    right = s.draw(s.random(), s.n_inputs, s.n_units)
    line = np.stack([right.ravel(), np.ones(right.size)], axis=1)
    weights = _drawn_if(s, again=True, other=False)
    fitted = line @ np.linalg.lstsq(line, weights.ravel(), rcond=None)[0]
    if np.allclose(fitted, weights.ravel()):
        raise Unknown
    return weights


def _stretched(s: Given, draw: Callable[..., Array], *, moved: bool | None = None) -> Array:
    """The weights as they are, if they are what ``draw`` gives, stretched and perhaps moved.

    Args:
        moved: Whether their middle is another one than that of the draw; None if that is no matter.
    """
    weights = array(s, "W")
    if weights.shape != (s.n_inputs, s.n_units) or weights.size < 4:
        raise Unknown
    line = np.stack([draw(*weights.shape).ravel(), np.ones(weights.size)], axis=1)
    (slope, shift), *_ = np.linalg.lstsq(line, weights.ravel(), rcond=None)
    is_moved = abs(shift) > 1e-9 * abs(slope)
    if not np.allclose(line @ (slope, shift), weights.ravel(), atol=1e-12 * abs(slope)):
        raise Unknown
    if slope <= 0 or (moved is not None and is_moved != moved):
        raise Unknown
    return weights


def _drawn_if(s: Given, *, again: bool, other: bool | None = None) -> Any:
    """The weights as they are, if they are random and the seed means what is said to them.

    Args:
        again: Whether they are the same after the same seed.
        other: Whether they are after another one; None if it does not matter.
    """
    weights = array(s, "W")
    fits = weights.shape == (s.n_inputs, s.n_units) and weights.dtype.kind == "f"
    same = [np.array_equal(weights, array(s, name)) for name in ("again", "other")]
    if not fits or same[0] != again or (other is not None and same[1] != other):
        raise Unknown
    return weights


def _drawn(s: Given, *shape: int) -> Any:
    return s.draw(s.random(), s.n_inputs, s.n_units, shape)


def _drawn_after(s: Given, before: tuple[int, int]) -> Any:
    """The weights, drawn after something of the shape ``before``."""
    random = s.random()
    s.draw(random, s.n_inputs, s.n_units, before)
    return s.draw(random, s.n_inputs, s.n_units)
