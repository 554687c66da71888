"""What separates the examples that are wrong from those that are right, in words.

A claim about wrong examples is a claim about all, unless it says where it was seen. A condition
holds of every wrong example and of no right one: one row, a square, more than so many rows.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, permutations
from math import comb
from typing import Any

import numpy as np

from grader.checks.observation import Seen
from grader.diagnosis.numeric.scaling import PARTS, SIZES

FEW, MANY = 5, 500
"""So many ways there must be to choose the wrong examples among all: for a plain condition, and for
one of which there are so many that some fits by chance."""

_GIVEN = ("X", "G")
"""Arguments, of which anybody can see what they hold."""

Given = types.SimpleNamespace
Condition = tuple[str, Callable[[Given], bool]]

ONE = {"batch": "a batch of one row", "n_inputs": "one input", "n_units": "one unit"}
_ONE_MORE = {"batch": "one row", "n_inputs": "one input", "n_units": "one unit"}


def separating(wrong: Sequence[Seen], right: Sequence[Seen]) -> str | None:
    """The simplest condition that holds of all the wrong examples and of none of the right ones.

    Returns:
        To follow "only": ``for a batch of one row``; None if there is no such condition, or too
        few examples to tell it from chance.
    """
    if not wrong or not right:
        return None
    bad, good = ([found.given for found in part] for part in (wrong, right))
    ways = comb(len(bad) + len(good), len(bad))
    plain = list(_plain(bad, good))
    if ways >= FEW and (text := _first(plain, bad, good)):
        return text
    if ways < MANY:
        return None
    both = ((f"{a} and {b}", _both(p, q)) for (a, p), (b, q) in combinations(plain[:3], 2))
    return _first([*both, *_others(bad, good)], bad, good) or None


def only(title: str, condition: str | None) -> str:
    """A sentence, qualified by a condition."""
    if condition is None:
        return title
    claim, mark, rest = re.match(r"([^;:]*)([;:]?)(.*)", title.removesuffix(".")).groups()  # type: ignore[union-attr]
    word = "and" if re.search(r"\bonly\b", claim) else "but"
    return f"{claim}, {word} only {condition}{mark}{rest}."


def _first(conditions: Sequence[Condition], bad: Sequence[Given], good: Sequence[Given]) -> str:
    fitting = (t for t, holds in conditions if all(map(holds, bad)) and not any(map(holds, good)))
    return next(fitting, "")


def _both(one: Callable[[Given], bool], other: Callable[[Given], bool]) -> Callable[[Given], bool]:
    return lambda s: one(s) and other(s)


def _named(names: Sequence[str], bad: Sequence[Given], good: Sequence[Given]) -> list[str]:
    """The names that every example has."""
    return [name for name in names if all(hasattr(s, name) for s in (*bad, *good))]


def _plain(bad: Sequence[Given], good: Sequence[Given]) -> Iterator[Condition]:
    """One of a kind, more than one, as many of these as of those, one activation."""
    sizes = _named(tuple(SIZES), bad, good)
    for name in sizes:
        yield f"for {ONE[name]}", lambda s, name=name: getattr(s, name) == 1  # type: ignore[misc]
    for name in sizes:
        text = f"for more than {_ONE_MORE[name]}"
        yield text, lambda s, name=name: getattr(s, name) > 1  # type: ignore[misc]
    for one, other in combinations(sizes[::-1], 2):
        text = f"where there are as many {SIZES[other]} as {SIZES[one]}"

        def equal(s: Given, one: str = one, other: str = other) -> bool:
            return bool(getattr(s, one) == getattr(s, other))

        yield text, equal
    if "n_inputs" not in sizes:
        for name in _named(_GIVEN, bad, good):
            yield from _shaped(name)
    for name in _named(("activation",), bad, good):
        value = getattr(bad[0], name)
        if isinstance(value, str):
            yield f"with the activation {value}", lambda s, v=value: s.activation == v  # type: ignore[misc]


def _shaped(name: str) -> Iterator[Condition]:
    """How many columns an argument has, where the sizes of an example have no names."""

    def shape(s: Given) -> tuple[int, ...]:
        return np.shape(getattr(s, name))

    word = PARTS[name]
    yield f"where {word} has one column", lambda s: len(shape(s)) == 2 and shape(s)[1] == 1
    yield (
        f"where {word} has as many rows as columns",
        lambda s: len(shape(s)) == 2 and shape(s)[0] == shape(s)[1],
    )


def _others(bad: Sequence[Given], good: Sequence[Given]) -> Iterator[Condition]:
    """Orders, limits, even and odd numbers, what the arrays hold."""
    sizes = _named(tuple(SIZES), bad, good)
    for one, other in permutations(sizes[::-1], 2):
        text = f"where there are more {SIZES[one]} than {SIZES[other]}"

        def more(s: Given, one: str = one, other: str = other) -> bool:
            return bool(getattr(s, one) > getattr(s, other))

        yield text, more
    for name in sizes:
        word = SIZES[name]
        low, high = (f(getattr(s, name) for s in bad) for f in (min, max))
        if low == high:
            yield f"for {low} {word}", lambda s, name=name, n=low: getattr(s, name) == n  # type: ignore[misc]
        below = max((getattr(s, name) for s in good), default=low)
        text = f"for more than {below} {word}"
        if low > below + 1:
            text = f"from {low} {word} on, and not up to {below}"
        yield text, lambda s, name=name, n=low: getattr(s, name) >= n  # type: ignore[misc]
        above = min((getattr(s, name) for s in good), default=high)
        text = f"for fewer than {above} {word}"
        if high < above - 1:
            text = f"for up to {high} {word}, and not from {above} on"
        yield text, lambda s, name=name, n=high: getattr(s, name) <= n  # type: ignore[misc]
        for rest, kind in enumerate(("even", "odd")):
            text = f"for an {kind} number of {word}"
            yield text, lambda s, name=name, rest=rest: getattr(s, name) % 2 == rest  # type: ignore[misc]
    for name in _named(_GIVEN, bad, good):
        if all(isinstance(getattr(s, name), np.ndarray) for s in (*bad, *good)):
            yield from _held(name)


def _held(name: str) -> Iterator[Condition]:
    """What an argument holds: whole numbers, negative ones."""
    word = PARTS[name]

    def on(test: Callable[[Any], Any]) -> Callable[[Given], bool]:
        return lambda s: bool(test(getattr(s, name)))

    whole, negative = on(lambda a: np.all(a % 1 == 0)), on(lambda a: np.any(a < 0))
    verb = "hold" if word.endswith("s") else "holds"
    yield f"where {word} {verb} nothing but whole numbers", whole
    yield f"where {word} {verb} fractions", lambda s: not whole(s)
    yield f"where {word} {verb} a negative number", negative
    yield f"where {word} {verb} no negative number", lambda s: not negative(s)
