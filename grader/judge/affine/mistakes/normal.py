"""Room: known mistakes where weights should be normal numbers times a deviation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.judge.affine.mistakes.catalogue import Catalogue, Given
from grader.judge.affine.mistakes.order import same_family
from grader.judge.diagnosis import Predicts, Text

known = Catalogue("draw")

WHY = "Too large or too small weights make deep networks explode or fall silent."


def _add(name: str, title: str, hint: str, stronger: str, predict: Predicts) -> None:
    known.add(name, Text(title, WHY, hint, stronger), predict, "normal")


def _times(deviation: Callable[[Given], float]) -> Predicts:
    return lambda s: s.random().randn(s.n_inputs, s.n_units) * deviation(s)


# What problems of this family ask for is among these. It is never named: where it is right,
# nothing is wrong.
_DEVIATIONS: tuple[tuple[str, str, Callable[[Given], float]], ...] = (
    ("deviation_1", "1 (no factor at all)", lambda s: 1.0),
    ("deviation_0_1", "0.1", lambda s: 0.1),
    ("deviation_0_01", "0.01", lambda s: 0.01),
    ("deviation_he", "√(2/{n_inputs}) (He)", lambda s: np.sqrt(2 / s.n_inputs)),
    ("deviation_lecun", "√(1/{n_inputs}) (LeCun)", lambda s: np.sqrt(1 / s.n_inputs)),
    (
        "deviation_glorot",
        "√(2/({n_inputs} + {n_units})) (Glorot, also called Xavier)",
        lambda s: np.sqrt(2 / (s.n_inputs + s.n_units)),
    ),
    (
        "deviation_n_units",
        "√(2/{n_units}): the number of units takes the place of that of inputs",
        lambda s: np.sqrt(2 / s.n_units),
    ),
    ("deviation_no_sqrt", "2/{n_inputs}: the square root is missing", lambda s: 2 / s.n_inputs),
    (
        "deviation_sqrt_below",
        "2/√{n_inputs}: only {n_inputs} is under the root",
        lambda s: 2 / np.sqrt(s.n_inputs),
    ),
    (
        "deviation_sqrt_above",
        "√2/{n_inputs}: only the 2 is under the root",
        lambda s: np.sqrt(2) / s.n_inputs,
    ),
    (
        "deviation_inverted",
        "√({n_inputs}/2): the fraction is upside down",
        lambda s: np.sqrt(s.n_inputs / 2),
    ),
    (
        "deviation_divided",
        "1/{scale}: it is divided where it should be multiplied",
        lambda s: 1 / s.draw.scale(s.n_inputs, s.n_units),
    ),
)
for _name, _shown, _deviation in _DEVIATIONS:
    _add(
        _name,
        f"{{W}} is drawn with the standard deviation {_shown}. The statement asks for {{scale}}.",
        "Compare the factor behind the random numbers with the formula of the statement.",
        "Print your factor for {example}.",
        _times(_deviation),
    )


def _scaled(s: Given, numbers: Any) -> Any:
    return numbers * s.draw.scale(s.n_inputs, s.n_units)


_UNIFORM: tuple[tuple[str, str, Predicts], ...] = (
    (
        "init_rand",
        "{W} is drawn by rand, uniformly from [0, 1), in place of randn.",
        lambda s: _scaled(s, s.random().rand(s.n_inputs, s.n_units)),
    ),
    (
        "init_uniform",
        "{W} is drawn uniformly from [-1, 1], times {scale}.",
        lambda s: _scaled(s, s.random().uniform(-1, 1, (s.n_inputs, s.n_units))),
    ),
    (
        "init_he_uniform",
        "{W} is drawn uniformly within √(6/{n_inputs}) (He's uniform rule).",
        lambda s: s.random().uniform(-1, 1, (s.n_inputs, s.n_units)) * np.sqrt(6 / s.n_inputs),
    ),
)
for _name, _shown, _predict in _UNIFORM:
    _add(
        _name,
        f"{_shown} The statement asks for a normal distribution.",
        "Which distribution is asked for? Can its numbers be negative, and have they an end?",
        "np.random.randn draws normal numbers, np.random.rand and uniform do not.",
        _predict,
    )

same_family(known, "normal", WHY)
