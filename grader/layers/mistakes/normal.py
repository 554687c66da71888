"""Known mistakes where weights should be drawn from a normal distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.misconceptions import Predicts, Text, Unknown
from grader.layers.mistakes.catalogue import Catalogue, Given
from grader.layers.mistakes.order import same_family

known = Catalogue("draw")

WHY = "Too large or too small weights make deep networks explode or fall silent."


def _add(name: str, title: str, hint: str, stronger: str, predict: Predicts) -> None:
    known.add(name, Text(title, WHY, hint, stronger), predict, "normal")


def _scale(s: Given) -> float:
    scale: float = s.draw.scale(s.n_inputs, s.n_units)
    return scale


def _times(factor: Callable[[Given], float]) -> Predicts:
    return lambda s: s.random().randn(s.n_inputs, s.n_units) * factor(s)


def _constant(number: float) -> Predicts:
    return _times(lambda s: number)


_FORMULA = "Re-read by what the statement multiplies the random numbers."
_PRINT = "Print your factor for {example}."
_add(
    "init_standard_normal",
    "{W} is drawn from the standard normal distribution, without the factor {scale}.",
    _FORMULA,
    _PRINT,
    _constant(1.0),
)
for _number, _name in ((0.1, "0_1"), (0.01, "0_01"), (0.001, "0_001")):
    _add(
        f"init_times_{_name}",
        f"{{W}} is drawn from a normal distribution times {_number}, not times {{scale}}.",
        _FORMULA,
        _PRINT,
        _constant(_number),
    )


def _root_above(s: Given) -> float:
    return float(np.sqrt(2) / s.n_inputs)


def _root_below(s: Given) -> float:
    return float(2 / np.sqrt(s.n_inputs))


_FACTORS: tuple[tuple[str, str, Callable[[Given], float]], ...] = (
    ("init_he_normal", "√(2/{n_inputs}) (He)", lambda s: np.sqrt(2 / s.n_inputs)),
    (
        "init_glorot_normal",
        "√(2/({n_inputs} + {n_units})) (Glorot)",
        lambda s: np.sqrt(2 / (s.n_inputs + s.n_units)),
    ),
    ("init_fan_in_normal", "1/√{n_inputs}", lambda s: 1 / np.sqrt(s.n_inputs)),
    ("init_no_sqrt", "2/{n_inputs}, without a square root", lambda s: 2 / s.n_inputs),
    ("init_root_above", "√2/{n_inputs}, with only the 2 under the root", _root_above),
    ("init_root_below", "2/√{n_inputs}, without the 2 under the root", _root_below),
    ("init_inverted", "√({n_inputs}/2)", lambda s: np.sqrt(s.n_inputs / 2)),
)
for _name, _shown, _factor in _FACTORS:
    _add(
        _name,
        f"The factor of the random numbers is {_shown}; the statement has {{scale}}.",
        _FORMULA,
        _PRINT,
        _times(_factor),
    )
_add(
    "init_fan_out",
    "The factor is computed from the number of units (fan-out), not of inputs (fan-in).",
    "Fan-in or fan-out?",
    "The statement's factor is {scale}.",
    _times(lambda s: s.draw.scale(s.n_units, s.n_inputs)),
)
_add(
    "init_variance",
    "The factor is the square of {scale}: the variance, not the standard deviation.",
    "Is the factor a variance or a standard deviation?",
    _PRINT,
    _times(lambda s: _scale(s) ** 2),
)

_DISTRIBUTION = "Which distribution is asked for?"
_ENDS = "A uniform distribution has two ends; a normal one has none."
_add(
    "init_rand",
    "{W} is drawn from [0, 1) and multiplied by {scale}, so no weight is negative.",
    _DISTRIBUTION,
    "np.random.rand is uniform on [0, 1); np.random.randn is normal.",
    lambda s: s.random().rand(s.n_inputs, s.n_units) * _scale(s),
)
_add(
    "init_rand_unscaled",
    "{W} is drawn from [0, 1).",
    _DISTRIBUTION,
    "np.random.rand is uniform on [0, 1); np.random.randn is normal.",
    lambda s: s.random().rand(s.n_inputs, s.n_units),
)


def _uniform(limit: Callable[[Given], float]) -> Predicts:
    def predict(s: Given) -> Any:
        return s.random().uniform(-limit(s), limit(s), (s.n_inputs, s.n_units))

    return predict


_LIMITS: tuple[tuple[str, str, Callable[[Given], float]], ...] = (
    ("init_uniform", "±({scale})", _scale),
    ("init_uniform_ones", "[-1, 1]", lambda s: 1.0),
    ("init_uniform_fan_in", "±1/√{n_inputs}", lambda s: 1 / np.sqrt(s.n_inputs)),
    ("init_uniform_he", "±√(6/{n_inputs}) (He)", lambda s: np.sqrt(6 / s.n_inputs)),
    (
        "init_uniform_glorot",
        "±√(6/({n_inputs} + {n_units})) (Glorot)",
        lambda s: np.sqrt(6 / (s.n_inputs + s.n_units)),
    ),
)
for _name, _shown, _limit in _LIMITS:
    _add(
        _name,
        f"{{W}} is drawn evenly from {_shown}, not from a normal distribution.",
        _DISTRIBUTION,
        _ENDS,
        _uniform(_limit),
    )


def _new_generator(s: Given) -> Any:
    if s.seed is None:
        raise Unknown
    return np.random.default_rng(s.seed).standard_normal((s.n_inputs, s.n_units)) * _scale(s)


_add(
    "init_default_rng",
    "{W} is drawn from np.random.default_rng, which gives other numbers for the same seed.",
    "Which generator does the statement name?",
    "np.random.seed and np.random.randn belong together.",
    _new_generator,
)

same_family(known, "normal", WHY)
