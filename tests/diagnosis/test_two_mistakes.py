"""Two mistakes that meet in one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks.misconceptions import Rules
from grader.checks.observation import Seen
from grader.diagnosis.two_mistakes import two_together
from grader.layers import CORNERS, AffineCase, Names, looks
from grader.layers.mistakes import add

NAMES = Names("forward", "backward", updates=True)
RULES = Rules()
add(RULES, NAMES, "output", "input-gradient", "weight-gradient")

RIGHT: dict[str, Callable[[Any], Any]] = {
    "output": lambda s: s.X @ s.W + s.b,
    "input-gradient": lambda s: s.G @ s.W.T,
    "weight-gradient": lambda s: s.X.T @ s.G,
}


def named(aspect: str, yours: Callable[[Any], Any]) -> list[str]:
    """The names of the two mistakes that are found; of a factor, what is said of it."""
    seen = []
    for case in (*CORNERS, AffineCase(6, 3, 4, integers=False)):
        given = looks(case) | {"new_W": case.W - 4 * case.X.T @ case.G}
        right = Seen(None, None, **given).given
        seen.append(Seen(yours(right), RIGHT[aspect](right), **given))
    pair = two_together("It", RULES.of(aspect), seen, RULES.formulas[aspect])
    return [name or text.title for name, text in pair or ()]


@pytest.mark.parametrize(
    ("aspect", "yours", "names"),
    [
        (
            "output",
            lambda s: np.maximum(s.X @ s.W - s.b, 0),
            ["bias-subtracted", "activation-added"],
        ),
        ("output", lambda s: np.round(s.X @ s.W, 1), ["bias-not-added", "output-rounded"]),
        (
            "input-gradient",
            lambda s: np.clip(s.G @ s.new_W.T, -1, 1),
            ["post-update-w", "input-gradient-clipped"],
        ),
        (
            "input-gradient",
            lambda s: -(s.G @ s.new_W.T),
            ["post-update-w", "input-gradient-negated"],
        ),
        (
            "input-gradient",
            lambda s: 3 * (s.G @ s.new_W.T),
            ["post-update-w", "Besides, it is 3 times the result of the first, for every shape."],
        ),
    ],
)
def test_both_are_named(aspect: str, yours: Callable[[Any], Any], names: list[str]) -> None:
    """A second one starts from what the first one gives, or a factor does."""
    assert named(aspect, yours) == names


@pytest.mark.parametrize(
    ("aspect", "yours"),
    [
        ("output", lambda s: s.X @ s.W + s.b),
        ("output", lambda s: (s.X @ s.W + s.b) * np.cos(s.X.sum())),
        ("weight-gradient", lambda s: s.X.T @ np.sin(s.G)),
    ],
)
def test_nothing_is_named_by_chance(aspect: str, yours: Callable[[Any], Any]) -> None:
    """What is right, and what no two known mistakes give."""
    assert named(aspect, yours) == []


def test_a_value_of_another_kind_is_no_matter_of_two_mistakes() -> None:
    """Only numbers are composed of numbers."""
    assert named("output", lambda s: None) == []
