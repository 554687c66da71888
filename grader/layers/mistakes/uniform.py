"""Known mistakes where weights should be drawn uniformly from [-limit, limit]."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.checks.misconceptions import Text, Unknown, Values
from grader.layers.mistakes.catalogue import Array, Catalogue, Given, array
from grader.layers.mistakes.order import same_family

known = Catalogue("draw")

WHY = "Too large or too small weights make deep networks explode or fall silent."


def _add(
    name: str,
    title: str,
    hint: str,
    stronger: str,
    predict: Callable[..., Any],
    each: Sequence[Values] = ({},),
) -> None:
    known.add(name, Text(title, WHY, hint, stronger), predict, "uniform", each)


def _within(s: Given, limit: float, low: float | None = None) -> Array:
    shape = (s.n_inputs, s.n_units)
    drawn: Array = s.random().uniform(-limit if low is None else low, limit, shape)
    return drawn


def _limit(s: Given) -> float:
    return float(s.draw.scale(s.n_inputs, s.n_units))


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
    "limit_other_root",
    "The limit is √({{number}}/{n_inputs}){{named}}, not {scale}.",
    _FORMULA,
    _PRINT,
    lambda s, number, named: _within(s, np.sqrt(number / s.n_inputs)),
    [{"number": 6, "named": " (He initialization)"}]
    + [{"number": number, "named": ""} for number in (2, 3, 0.5)],
)
_add(
    "limit_fixed",
    "{W} is drawn from [-{{limit}}, {{limit}}], whatever the number of inputs.",
    _FORMULA,
    _PRINT,
    lambda s, limit: _within(s, limit),
    [{"limit": limit} for limit in (1, 0.5, 0.1, 0.05, 0.01)],
)
_add(
    "init_one_sided",
    "{W} is drawn from [0, limit], so no weight is negative.",
    "Can your weights be negative?",
    "The lower end of the range is -limit.",
    lambda s: _within(s, _limit(s), 0.0),
)
_add(
    "init_rand",
    "{W} is drawn from [0, 1), with no limit at all.",
    "Can your weights be negative, and does their size depend on the number of inputs?",
    "np.random.rand draws from [0, 1); the statement's range is [-limit, limit].",
    lambda s: s.random().rand(s.n_inputs, s.n_units),
)
_add(
    "init_ends_swapped",
    "{W} is drawn from limit to -limit: every number has the other sign.",
    "Which end of the range comes first, the lower or the upper one?",
    "np.random.uniform takes the lower end first.",
    lambda s: -_within(s, _limit(s)),
)

_DEVIATIONS: dict[str, Callable[[Given], float]] = {
    "the limit": _limit,
    "1": lambda s: 1.0,
    "0.1": lambda s: 0.1,
    "0.01": lambda s: 0.01,
    "√(2/inputs) (He)": lambda s: float(np.sqrt(2 / s.n_inputs)),
    "√(2/(inputs + units)) (Glorot)": lambda s: float(np.sqrt(2 / (s.n_inputs + s.n_units))),
}
_NORMAL = "A uniform distribution has two ends; a normal one has none."


def _normal(s: Given, deviation: str, clipped: bool) -> Array:
    drawn: Array = s.random().randn(s.n_inputs, s.n_units) * _DEVIATIONS[deviation](s)
    return np.clip(drawn, -_limit(s), _limit(s)) if clipped else drawn


for _name, _clipped, _cut in (
    ("init_normal", False, ""),
    ("init_normal_clipped", True, ", and cut off at the limit"),
):
    _add(
        _name,
        f"{{W}} is drawn from a normal distribution with deviation {{{{deviation}}}}{_cut}.",
        "Which distribution is asked for?",
        _NORMAL,
        _normal,
        [{"deviation": deviation, "clipped": _clipped} for deviation in _DEVIATIONS],
    )
_add(
    "init_normal_between_ends",
    "np.random.normal is given the two ends of a range; it takes a mean and a deviation.",
    "Which distribution is asked for?",
    _NORMAL,
    lambda s: s.random().normal(-_limit(s), _limit(s), (s.n_inputs, s.n_units)),
)


def _other_range(s: Given) -> Array:
    """The weights as they are, if they are the statement's draw, moved and perhaps stretched."""
    weights, right = array(s, "W"), s.draw(s.random(), s.n_inputs, s.n_units)
    if weights.shape != right.shape or weights.size < 4:
        raise Unknown
    line = np.stack([right.ravel(), np.ones(right.size)], axis=1)
    (slope, shift), *_ = np.linalg.lstsq(line, weights.ravel(), rcond=None)
    fits = np.allclose(line @ (slope, shift), weights.ravel())
    if not fits or slope <= 0 or abs(shift) < 1e-9:
        raise Unknown
    return weights


_add(
    "init_other_range",
    "{W} is drawn from another range, whose middle is not 0.",
    "Print the smallest and the largest weight of a large layer.",
    "The range is [-limit, limit]: as far below zero as above.",
    _other_range,
)

same_family(known, "uniform", WHY)
