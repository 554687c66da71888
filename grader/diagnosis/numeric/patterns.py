"""How wrong numbers differ from the right ones: a factor, the sign, some rows only, ..."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.observation import Seen
from grader.diagnosis.numeric.formula_search import formula
from grader.diagnosis.numeric.scaling import (
    FEW,
    Array,
    Pairs,
    Tell,
    Told,
    factor,
    offset,
    part,
    sizes_of_one,
)

FAR = 100
"""Times larger, or smaller: then it is another magnitude."""

SINGLE = 1e-5
"""Relative error up to which a difference looks like single precision (24 bits: 6e-8)."""


def _transposed(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if all(a.ndim == 2 and is_close(a.T, b) for a, b in pairs):
        hint = "Which way round are rows and columns, and which factor comes first?"
        return "transposed", f"{noun} is transposed.", hint
    return None


def _constant(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if not all(a.size and np.isfinite(a).all() for a, _ in pairs):
        return None
    if _is_zero(pairs) and not _shows_numbers(seen):
        return "zero", f"{noun} is always zero.", "Look for zeros that nothing is added to."
    varied = any(found.is_right and np.size(found.right) and np.ptp(found.right) for found in seen)
    if varied:
        return None  # it is not so everywhere
    if all(np.ptp(a) == 0 for a, _ in pairs) and any(np.ptp(b) for _, b in pairs):
        title = f"{noun} is one and the same number in all places."
        return "uniform", title, "Where does one number become an array?"
    first, right = pairs[0]
    others = [(a, b) for a, b in pairs[1:] if b.shape == right.shape]
    changing = len(others) >= FEW and not any(found.is_right for found in seen)
    changing = changing and not all(is_close(b, right) for _, b in others)
    if changing and all(is_close(a, first) for a, _ in others):
        title = f"{noun} is always the same, whatever is given."
        return "constant", title, "Which line computes it, and from what?"
    return None


def _zero(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """Zero wherever it is wrong, and right elsewhere."""
    if not _is_zero(pairs):
        return None
    return "zero", f"{noun} is zero where it is wrong.", "Look for zeros that nothing is added to."


def _is_zero(pairs: Pairs) -> bool:
    return all(a.size and np.isfinite(a).all() and not a.any() for a, _ in pairs)


def _shows_numbers(seen: Sequence[Seen]) -> bool:
    """Whether there are right examples in which something other than zeros is right."""
    return any(found.is_right and np.any(found.right) for found in seen)


def _single(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    for a, b in pairs:
        if a.shape != b.shape or a.dtype.kind not in "fc":
            return None
        scale = max(1.0, float(np.abs(b).max(initial=0.0)))
        if not np.all(np.abs(a - b) < SINGLE * scale):
            return None
    if not any(np.any(a) for a, _ in pairs):
        return None  # zeros are exact in any precision
    if any(a.dtype.itemsize < b.dtype.itemsize for a, b in pairs) or all(
        np.array_equal(a, a.astype(np.float32)) for a, _ in pairs
    ):
        title = f"{noun} is right to seven digits only: single precision (float32)."
        return "float32", title, "Where do your numbers change their dtype?"
    title = f"{noun} is nearly right, but not to full precision."
    return "inexact", title, "Is something rounded, or is a small constant added?"


def _lines(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """Right, or wrong, in the first or last row or column only."""
    if any(a.shape != b.shape or a.ndim != 2 for a, b in pairs):
        return None
    for axis, name in ((0, "row"), (1, "column")):
        long = [(a, b) for a, b in pairs if b.shape[axis] > 1]
        few = FEW if any(found.is_right for found in seen) else min(FEW, len(pairs))
        if len(long) < few:
            continue
        right = [_right_lines(a, b, axis) for a, b in long]
        for place, which in ((0, "first"), (-1, "last")):
            if all(lines.sum() == 1 and lines[place] for lines in right) and len(long) == len(
                pairs
            ):
                title = f"{noun} is right in the {which} {name} only."
                return f"{which}-{name}", title, f"What happens to the other {name}s?"
            if all((~lines).sum() == 1 and not lines[place] for lines in right):
                title = f"{noun} is wrong in the {which} {name} only."
                return f"not-{which}-{name}", title, f"What is special about the {which} {name}?"
    return None


def _right_lines(yours: Array, right: Array, axis: int) -> Array:
    rows = zip(np.moveaxis(yours, axis, 0), np.moveaxis(right, axis, 0), strict=True)
    return np.array([is_close(a, b) for a, b in rows])


_ONE = {"batch": "a batch of one row", "n_inputs": "one input", "n_units": "one unit"}
_MANY = {"batch": "rows", "n_inputs": "inputs", "n_units": "units"}


def _small(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """Right up to some size, and wrong beyond."""
    for name, good, bad in sizes_of_one(seen, tuple(_ONE)):
        word = _MANY[name]
        if good == 1:
            title = f"{noun} is right for {_ONE[name]}, and wrong wherever there are more."
        else:
            title = f"{noun} is right for up to {good} {word}, and wrong from {bad} {word} on."
        return "small", title, f"Try it with two {word} by hand; how do they come together?"
    return None


def _places(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """The right numbers in other places."""

    def moved(a: Array, b: Array) -> bool:
        return a.shape == b.shape and is_close(np.sort(a, axis=None), np.sort(b, axis=None))

    if len(pairs) >= FEW and all(moved(a, b) for a, b in pairs):
        title = f"{noun} has the right numbers, in other places."
        return (
            "places",
            title,
            "reshape keeps the order of the numbers; .T exchanges rows, columns.",
        )
    return None


def _cut(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """The right numbers, but for those below or above a limit, or for their signs."""
    if any(a.shape != b.shape for a, b in pairs):
        return None
    if all(is_close(a, np.abs(b)) for a, b in pairs):
        return "abs", f"{noun} is the absolute value of the right one.", "Can it be negative?"
    if _is_zero(pairs):
        return None
    low, high = min(a.min() for a, _ in pairs), max(a.max() for a, _ in pairs)
    ends = [f"{low:.6g}"] if any(b.min() < low for _, b in pairs) else []
    ends += [f"{high:.6g}"] if any(b.max() > high for _, b in pairs) else []
    if len(pairs) >= FEW and all(is_close(a, np.clip(b, low, high)) for a, b in pairs):
        title = f"{noun} is right, but cut off at {' and '.join(ends)}."
        return "cut", title, "What does your code do with numbers beyond that?"
    return None


def _square(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    def square(found: Seen) -> bool | None:
        sizes = [getattr(found.given, name, None) for name in ("n_inputs", "n_units")]
        return None if None in sizes else sizes[0] == sizes[1]

    kinds = {(square(found), found.is_right) for found in seen if found.right is not None}
    large = [f for f in seen if np.size(f.right) > 1]
    wrong = [f for f in large if not f.is_right]
    right_there = any(f.is_right and square(f) for f in large)
    if wrong and all(square(f) for f in wrong) and (False, True) in kinds and not right_there:
        title = f"{noun} is wrong only where the layer has as many inputs as units."
        return "square", title, "In a square layer a wrong transpose fits; print what you compare."
    return None


def _magnitude(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """Right for ordinary numbers, and wrong for larger or for smaller ones."""
    sizes: dict[bool, list[float]] = {True: [], False: []}
    for found in seen:
        size = float(np.abs(found.right).max()) if np.any(found.right) else 0.0
        if size > (SINGLE if found.is_right else 0.0):  # what is tiny may be right by chance
            sizes[found.is_right].append(size)
    if not all(sizes.values()):
        return None
    hint = "What in your code depends on how large a number is: a limit, a rounding, a constant?"
    good, bad = max(sizes[True]), min(sizes[False])
    if bad > FAR * good:
        title = f"{noun} is right for numbers up to {good:.2g}, and wrong for those of {bad:.2g}."
        return "large", title, hint
    good, bad = min(sizes[True]), max(sizes[False])
    if FAR * bad < good:
        title = f"{noun} is right for numbers from {good:.2g} on, and wrong for those of {bad:.2g}."
        return "tiny", title, hint
    return None


NUMBERS: Sequence[Tell] = (
    _transposed,
    _constant,
    factor,
    offset,
    part,
    _cut,
    _lines,
    _magnitude,
    _zero,
    _single,
    formula,
    _places,
    _small,
    _square,
)
"""In order: the first that has something to say is taken."""
