"""Room: how a wrong value differs from the right one, where no known mistake explains it.

What is said holds for everything that was seen, and is said in the words of the reader: a
constant factor, the sign, transposed, right in one row only, right for one row only, ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.judge.evidence import is_close
from grader.judge.seen import Raised, Seen

Array = np.ndarray[Any, Any]
SINGLE = 1e-5
"""Relative error up to which a difference looks like single precision (24 bits: 6e-8)."""


def describe(noun: str, seen: Sequence[Seen]) -> tuple[str, str, str, str, str] | None:
    """Say how what was seen differs from what is right, if there is something to say.

    Args:
        noun: What was looked at, to begin a sentence with, e.g. ``The bias gradient``.

    Returns:
        The kind of difference, what is wrong, why it matters, a hint, and a stronger one.
    """
    wrong = [found for found in seen if not found.is_right]
    if any(isinstance(found.yours, Raised) for found in wrong):
        return None  # the exception says more
    if all(found.yours is None for found in wrong):
        return (
            "none",
            f"{noun} is None.",
            "The caller needs a value to go on with.",
            "Does every way through the method end in a return with a value?",
            "A method without return gives None; so does one whose return stands inside an if.",
        )
    pairs = [(found.yours, found.right) for found in wrong]
    if not all(isinstance(a, np.ndarray) and isinstance(b, np.ndarray) for a, b in pairs):
        return None
    for tell in _TELLS:
        told = tell(noun, pairs, seen)
        if told is not None:
            kind, title, hint = told
            return kind, title, _WHY, hint, hint
    return None


_WHY = "It is so in every example that was tried."
_Told = tuple[str, str, str]
_Pairs = Sequence[tuple[Array, Array]]


def _transposed(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
    if all(a.ndim == 2 and is_close(a.T, b) for a, b in pairs):
        hint = "Which way round are rows and columns, and which factor comes first?"
        return "transposed", f"{noun} is transposed.", hint
    return None


def _reshaped(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
    def flat(a: Array, b: Array) -> bool:
        return a.shape != b.shape and a.size == b.size and is_close(a.ravel(), b.ravel())

    if all(flat(a, b) for a, b in pairs):
        a, b = pairs[0]
        title = f"{noun} has the right numbers in another shape: {a.shape} instead of {b.shape}."
        return "shape", title, "Print the shapes of what goes into it, one line before."
    return None


def _factor(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
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
        return (
            "factor",
            f"{noun} is {factors[0]:.6g} times the right one, for every shape.",
            "Is there a number in your code that does not stand in the statement?",
        )
    sizes = ("batch", "n_inputs", "n_units")
    words = {"batch": "rows of the batch", "n_inputs": "inputs", "n_units": "units"}
    wrong = [found for found in seen if not found.is_right]
    for name in sizes:
        counts = [getattr(found.given, name, None) for found in wrong]
        if None in counts:
            continue
        for power, text in ((-1.0, "divided by"), (1.0, "multiplied by"), (-0.5, "divided by √")):
            predicted = np.array(counts, float) ** power
            for sign in (1, -1):
                if np.allclose(factors, sign * predicted, rtol=1e-9):
                    minus = "" if sign == 1 else ", and has the wrong sign"
                    number = f"{'' if text.endswith('√') else ' '}the number of {words[name]}"
                    title = f"{noun} is {text}{number}{minus}."
                    return "scaled", title, f"Does the number of {words[name]} belong in it?"
    return None


def _single(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
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


def _rows(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
    if any(a.shape != b.shape or a.ndim != 2 or len(b) < 2 for a, b in pairs):
        return None
    for name, row in (("first", 0), ("last", -1)):
        if all(_right_rows(a, b) == [range(len(b))[row]] for a, b in pairs):
            title = f"{noun} is right in the {name} row only."
            return f"{name}-row", title, "What happens to the other rows of the batch?"
    return None


def _right_rows(yours: Array, right: Array) -> list[int]:
    return [i for i in range(len(right)) if is_close(yours[i], right[i])]


def _batch(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
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


def _square(noun: str, pairs: _Pairs, seen: Sequence[Seen]) -> _Told | None:
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


_TELLS: Sequence[Callable[[str, _Pairs, Sequence[Any]], _Told | None]] = (
    _transposed,
    _reshaped,
    _factor,
    _single,
    _rows,
    _batch,
    _square,
)
