"""Room: known mistakes where weights should be drawn uniformly from [-limit, limit]."""

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
    known.add(name, Text(title, WHY, hint, stronger), predict, "uniform")


def _within(s: Given, limit: float) -> Any:
    return s.random().uniform(-limit, limit, (s.n_inputs, s.n_units))


def _within_root(number: int) -> Predicts:
    return lambda s: _within(s, np.sqrt(number / s.n_inputs))


def _normal(deviation: Callable[[Given], float]) -> Predicts:
    return lambda s: s.random().randn(s.n_inputs, s.n_units) * deviation(s)


_FORMULA = "Re-read the formula for the limit."
_PRINT = "Print your limit for {example}."
_add(
    "limit_n_units",
    "The limit is computed from the number of units (fan-out), not of inputs (fan-in).",
    "Fan-in or fan-out?",
    "The statement's limit is {scale}.",
    lambda s: _within(s, s.draw.scale(s.n_units, s.n_inputs)),
)
_add(
    "limit_no_sqrt",
    "The limit lacks the square root: it is 1/{n_inputs}.",
    _FORMULA,
    _PRINT,
    lambda s: _within(s, 1 / s.n_inputs),
)
_add(
    "limit_inverted",
    "The limit is upside down: √{n_inputs} instead of {scale}.",
    "More inputs should mean smaller weights.",
    _PRINT,
    lambda s: _within(s, np.sqrt(s.n_inputs)),
)
_add(
    "limit_glorot",
    "The limit is that of Glorot (Xavier) initialization, √(6/({n_inputs} + {n_units})).",
    _FORMULA,
    "Print your limit for {example}, whatever the units.",
    lambda s: _within(s, np.sqrt(6 / (s.n_inputs + s.n_units))),
)
_add(
    "limit_he",
    "The limit is that of He initialization, √(6/{n_inputs}).",
    _FORMULA,
    _PRINT,
    lambda s: _within(s, np.sqrt(6 / s.n_inputs)),
)
for _number in (2, 3):
    _add(
        f"limit_sqrt{_number}",
        f"The limit is √({_number}/{{n_inputs}}), not {{scale}}.",
        _FORMULA,
        _PRINT,
        _within_root(_number),
    )
_add(
    "limit_ones",
    "{W} is drawn from [-1, 1], whatever the number of inputs.",
    _FORMULA,
    _PRINT,
    lambda s: _within(s, 1.0),
)
_add(
    "init_one_sided",
    "{W} is drawn from [0, limit], so no weight is negative.",
    "Can your weights be negative?",
    "The lower end of the range is -limit.",
    lambda s: s.random().uniform(0.0, s.draw.scale(s.n_inputs, s.n_units), (s.n_inputs, s.n_units)),
)
_add(
    "init_rand",
    "{W} is drawn from [0, 1), with no limit at all.",
    "Can your weights be negative, and does their size depend on the number of inputs?",
    "np.random.rand draws from [0, 1); the statement's range is [-limit, limit].",
    lambda s: s.random().rand(s.n_inputs, s.n_units),
)

_NORMAL: tuple[tuple[str, str, Callable[[Given], float]], ...] = (
    (
        "init_normal",
        " with the limit as its standard deviation",
        lambda s: s.draw.scale(s.n_inputs, s.n_units),
    ),
    ("init_standard_normal", "", lambda s: 1.0),
    ("init_small_normal", " and multiplied by 0.01", lambda s: 0.01),
    (
        "init_he_normal",
        " with √(2/{n_inputs}) (He initialization)",
        lambda s: np.sqrt(2 / s.n_inputs),
    ),
    (
        "init_glorot_normal",
        " with √(2/({n_inputs} + {n_units})) (Glorot)",
        lambda s: np.sqrt(2 / (s.n_inputs + s.n_units)),
    ),
)
for _name, _shown, _deviation in _NORMAL:
    _kind = "the standard normal distribution" if not _shown else "a normal distribution"
    _add(
        _name,
        f"{{W}} is drawn from {_kind}{_shown}.",
        "Which distribution is asked for?",
        "A uniform distribution has two ends; a normal one has none.",
        _normal(_deviation),
    )

same_family(known, "uniform", WHY)
