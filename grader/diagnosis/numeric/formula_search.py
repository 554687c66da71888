"""Which other formula of the same arrays gives the wrong numbers, found by trying many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.observation import Seen
from grader.diagnosis.numeric.scaling import FEW, Array, Pairs, Told

ATOMS = {
    "X": "the input",
    "W": "the weights",
    "b": "the biases",
    "G": "the incoming gradient",
}
"""Names under which an aspect gives matrices that formulas are made of."""

Values = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of matrices; it raises ValueError where their shapes do not fit."""

    text: str
    value: Callable[[Values], Array]


def formula(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """The simplest formula that gives all that came, if it is not the right one."""
    wrong = [found for found in seen if not found.is_right]
    given = [_matrices(found) for found in wrong]
    names = [name for name in ATOMS if all(name in values for values in given)]
    if len(pairs) < FEW or len(names) < 2:
        return None
    for each in _formulas(names):
        if all(_gives(each, values, a) for values, (a, _) in zip(given, pairs, strict=True)):
            words = re.findall("[A-Za-z]+", each.text)
            used = ", ".join(f"{name}: {ATOMS[name]}" for name in names if name in words)
            title = f"{noun} is {each.text} ({used})."
            return "formula", title, "Write the statement's formula beside it, and compare."
    return None


def _matrices(found: Seen) -> dict[str, Array]:
    values = {name: getattr(found.given, name, None) for name in ATOMS}
    return {n: v for n, v in values.items() if isinstance(v, np.ndarray) and v.ndim == 2}


def _gives(each: Formula, values: Values, yours: Array) -> bool:
    try:
        return is_close(yours, each.value(values))
    except ValueError:
        return False


def _formulas(names: Sequence[str]) -> Iterator[Formula]:
    """Formulas, the simpler ones first: matrices, products, sums over them, all of it reshaped."""
    atoms = [Formula(name, lambda v, name=name: v[name]) for name in names]  # type: ignore[misc]
    atoms += [Formula(f"{a.text}ᵀ", lambda v, a=a: a.value(v).T) for a in atoms]  # type: ignore[misc]
    products = [product for a in atoms for b in atoms for product in _products(a, b)]
    yield from atoms
    yield from products
    whole = [*atoms, *products]
    for each in whole:
        yield from _reduced(each)
    for each in whole:
        yield from _rearranged(each, names)


def _products(a: Formula, b: Formula) -> Iterator[Formula]:
    yield Formula(f"{a.text}·{b.text}", lambda v: a.value(v) @ b.value(v))
    yield Formula(f"{a.text} times {b.text} element by element", lambda v: a.value(v) * b.value(v))


_REDUCED: Mapping[str, Callable[..., Array]] = {
    "the sum": np.sum,
    "the mean": np.mean,
    "the maximum": np.max,
}
_AXES = ((0, "over its rows"), (1, "over its columns"), (None, "over all of it"))


def _reduced(each: Formula) -> Iterator[Formula]:
    for word, function in _REDUCED.items():
        for axis, over in _AXES:
            for keepdims in (True, False):

                def value(
                    v: Values,
                    function: Callable[..., Array] = function,
                    axis: int | None = axis,
                    keepdims: bool = keepdims,
                ) -> Array:
                    return np.asarray(function(each.value(v), axis=axis, keepdims=keepdims))

                yield Formula(f"{word} of {each.text} {over}", value)


def _rearranged(each: Formula, names: Sequence[str]) -> Iterator[Formula]:
    """The numbers of a formula, written into the shape of one of the matrices."""
    for name in names:
        yield Formula(
            f"{each.text}, reshaped to the shape of {name}",
            lambda v, name=name: each.value(v).reshape(v[name].shape),  # type: ignore[misc]
        )
