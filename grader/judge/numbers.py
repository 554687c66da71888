"""Room: how wrong numbers differ from the right ones: a factor, the sign, some rows only, ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.judge.evidence import is_close
from grader.judge.seen import Seen

Array = np.ndarray[Any, Any]
Told = tuple[str, str, str]
"""The kind of difference, what is wrong, and a hint."""
Pairs = Sequence[tuple[Array, Array]]
"""What came, and what is right."""
Tell = Callable[[str, Pairs, Sequence[Seen]], Told | None]

SINGLE = 1e-5
"""Relative error up to which a difference looks like single precision (24 bits: 6e-8)."""

FEW = 3
"""So many examples at least must show what could otherwise be chance."""


_A_NUMBER = "Is there a number in your code that does not stand in the statement?"


def _transposed(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if all(a.ndim == 2 and is_close(a.T, b) for a, b in pairs):
        hint = "Which way round are rows and columns, and which factor comes first?"
        return "transposed", f"{noun} is transposed.", hint
    return None


def _constant(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if not all(a.size and np.isfinite(a).all() for a, _ in pairs):
        return None
    if all(not a.any() for a, _ in pairs):
        return "zero", f"{noun} is always zero.", "Look for zeros that nothing is added to."
    if all(np.ptp(a) == 0 for a, _ in pairs) and any(np.ptp(b) for _, b in pairs):
        title = f"{noun} is one and the same number in all places."
        return "uniform", title, "Where does one number become an array?"
    first, right = pairs[0]
    others = [(a, b) for a, b in pairs[1:] if b.shape == right.shape]
    changing = len(others) >= FEW and not all(is_close(b, right) for _, b in others)
    if changing and all(is_close(a, first) for a, _ in others):
        title = f"{noun} is always the same, whatever is given."
        return "constant", title, "Which line computes it, and from what?"
    return None


def _factor(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    factors = []
    for a, b in pairs:
        if a.shape != b.shape or not np.any(b):
            return None
        factor = float(np.vdot(b, a).real / np.vdot(b, b).real)
        if not factor or not is_close(a, factor * b):
            return None
        factors.append(factor)
    if np.ptp(factors) < 1e-9:
        if abs(factors[0] + 1) < 1e-9:
            return "sign", f"{noun} has the wrong sign.", "Follow the minus signs one by one."
        if all(b.size == 1 for _, b in pairs) and len(pairs) < FEW:
            return None
        return (
            "factor",
            f"{noun} is {factors[0]:.6g} times the right one, for every shape.",
            _A_NUMBER,
        )
    return _scaled(noun, factors, seen)


def _scaled(noun: str, factors: Sequence[float], seen: Sequence[Seen]) -> Told | None:
    """A factor that goes with one of the sizes."""
    words = {"batch": "rows of the batch", "n_inputs": "inputs", "n_units": "units"}
    wrong = [found for found in seen if not found.is_right]
    for name, word in words.items():
        counts = [getattr(found.given, name, None) for found in wrong]
        if None in counts:
            continue
        for power, text in ((-1.0, "divided by "), (1.0, "multiplied by "), (-0.5, "divided by √")):
            predicted = np.array(counts, float) ** power
            for sign in (1, -1):
                if np.allclose(factors, sign * predicted, rtol=1e-9):
                    minus = "" if sign == 1 else ", and has the wrong sign"
                    title = f"{noun} is {text}the number of {word}{minus}."
                    return "scaled", title, f"Does the number of {word} belong in it?"
    return None


def _offset(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if len(pairs) < FEW or any(a.shape != b.shape for a, b in pairs):
        return None
    shift = float(np.mean(pairs[0][0] - pairs[0][1]))
    if abs(shift) > SINGLE and all(is_close(a, b + shift) for a, b in pairs):
        way = "large" if shift > 0 else "small"
        title = f"{noun} is too {way} by {abs(shift):.6g} everywhere."
        return (
            "offset",
            title,
            "Is there a number in your code that does not stand in the statement?",
        )
    return None


def _single(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    for a, b in pairs:
        if a.shape != b.shape or a.dtype.kind not in "fc":
            return None
        scale = max(1.0, float(np.abs(b).max(initial=0.0)))
        if not np.all(np.abs(a - b) < SINGLE * scale):
            return None
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
        if len(long) < min(FEW, len(pairs)):
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


def _batch(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    if any(getattr(found.given, "batch", None) is None for found in seen):
        return None
    good = sorted(found.given.batch for found in seen if found.is_right)
    bad = sorted(found.given.batch for found in seen if not found.is_right)
    if not good or not bad or good[-1] >= bad[0]:
        return None
    if good[-1] == 1:
        title = f"{noun} is right for a batch of one row, and wrong for every larger one."
    else:
        title = f"{noun} is right for up to {good[-1]} rows, and wrong from {bad[0]} rows on."
    return "batch", title, "Try it with two rows by hand; what should the rows have in common?"


def _square(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    def square(found: Seen) -> bool | None:
        sizes = [getattr(found.given, name, None) for name in ("n_inputs", "n_units")]
        return None if None in sizes else sizes[0] == sizes[1]

    kinds = {(square(found), found.is_right) for found in seen if found.right is not None}
    large = [f for f in seen if np.size(f.right) > 1]
    wrong = [f for f in large if not f.is_right]
    if wrong and all(square(f) for f in wrong) and (False, True) in kinds:
        title = f"{noun} is wrong only where the layer has as many inputs as units."
        return "square", title, "In a square layer a wrong transpose fits; print what you compare."
    return None


NUMBERS: Sequence[Tell] = (
    _transposed,
    _constant,
    _factor,
    _offset,
    _single,
    _lines,
    _batch,
    _square,
)
"""In order: the first that has something to say is taken."""
