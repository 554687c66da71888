"""How a wrong value differs from the right one, where no known mistake explains it.

What is said holds for everything that was seen, and is said in the words of the reader: another
kind of value, another shape, a constant factor, the sign, right in one row only, ... How numbers
of the right shape differ is the matter of :mod:`grader.diagnosis.numeric.patterns`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.observation import Raised, Seen, same
from grader.diagnosis.conditions import only, separating
from grader.diagnosis.numeric.formula_search import formula
from grader.diagnosis.numeric.patterns import NUMBERS
from grader.diagnosis.numeric.scaling import FEW, SIZES, Array, Pairs, Tell, Told
from grader.diagnosis.value_kinds import kind_of

LARGE = 10**9
"""Beyond it nobody's count is an expression of sizes, and floats are not exact for ever."""


def describe(
    noun: str, seen: Sequence[Seen], again: Callable[[], Seen | None]
) -> tuple[str, str, str, str, str] | None:
    """Say how what was seen differs from what is right, if there is something to say.

    Args:
        noun: What was looked at, to begin a sentence with, e.g. ``The bias gradient``.
        again: Looks once more at the first of what is wrong, with other random numbers.

    Returns:
        The kind of difference, what is wrong, why it matters, a hint, and a stronger one.
    """
    wrong = [found for found in seen if not found.is_right]
    if any(isinstance(found.yours, Raised) for found in wrong):
        return None  # the exception says more
    if any(found.yours is None for found in wrong):
        return _nothing(noun, all(found.yours is None for found in wrong))
    repeated = again()
    if repeated is not None and not _alike(repeated.yours, wrong[0].yours):
        return (
            "noise",
            f"{noun} is another one each time, although nothing else changes.",
            "Nobody can learn from, or check, what changes by itself.",
            "What in your code is random, and should it be?",
            "The same layer, the same numbers, the same call: the same answer.",
        )
    right = [found for found in seen if found.is_right]
    told = _told(noun, wrong, seen) or _somewhere(noun, wrong, right)
    if told is None:
        return None
    kind, title, hint = told
    why = "It is so in every example that was tried."
    if right:
        why = f"It is so wherever it is wrong: in {len(wrong)} of {len(seen)} examples."
    if kind in _SHOWS:
        against = [found for found in right if _shows(kind, found.right)]
        condition = separating(wrong, against)
        title = only(title.replace(" where it is wrong", "") if condition else title, condition)
    return kind, title, why, hint, hint


_SHOWS: Mapping[str, Callable[[Array], Any]] = {
    "zero": np.any,
    "sign": np.any,
    "factor": np.any,
    "offset": np.size,
    "uniform": lambda right: right.size and np.ptp(right),
    "abs": lambda right: np.any(right < 0),
    "transposed": lambda right: right.ndim == 2 and not is_close(right.T, right),
    "not-first-row": lambda right: right.ndim == 2 and len(right) > 1,
    "not-last-row": lambda right: right.ndim == 2 and len(right) > 1,
    "first-row": lambda right: right.ndim == 2 and len(right) > 1,
    "last-row": lambda right: right.ndim == 2 and len(right) > 1,
}
"""By kind of difference, whether it would have shown in an example, given what is right there."""


def _shows(kind: str, right: Any) -> bool:
    return isinstance(right, np.ndarray) and bool(_SHOWS[kind](right))


def _somewhere(noun: str, wrong: Sequence[Seen], right: Sequence[Seen]) -> Told | None:
    """Where numbers are wrong, if nothing is known of how.

    That it is right for one, and for no more, is no news: there much comes to the same.
    """
    arrays = all(isinstance(found.yours, np.ndarray) for found in wrong)
    condition = separating(wrong, right) if arrays else None
    if condition is None or condition.startswith("for more than one"):
        return None
    hint = "What does your code do differently there?"
    return "only-where", f"{noun} is wrong only {condition}.", hint


def _told(noun: str, wrong: Sequence[Seen], seen: Sequence[Seen]) -> Told | None:
    values = [value for found in wrong for value in (found.yours, found.right)]
    if all(isinstance(value, np.ndarray) for value in values):
        pairs = [(found.yours, found.right) for found in wrong]
        with np.errstate(all="ignore"):
            return next((t for tell in _TELLS if (t := tell(noun, pairs, seen)) is not None), None)
    if all(type(value) is int for value in values):
        return _counted(noun, wrong, seen)
    if all(type(value) is tuple and all(type(n) is int for n in value) for value in values):
        return _measured(noun, wrong, seen)
    return _of_another_kind(noun, [found.yours for found in wrong], wrong[0].right)


def _nothing(noun: str, always: bool) -> tuple[str, str, str, str, str]:
    return (
        "none",
        f"{noun} is None{'' if always else ' in some of the examples'}.",
        "The caller needs a value to go on with.",
        "Does every way through the method end in a return with a value?",
        "A method without return gives None; so does one whose return stands inside an if.",
    )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return is_close(one, other)
    return not isinstance(one, np.ndarray | float) or same(one, other)


# -- kinds, counts and shapes --------------------------------------------------------------


def _of_another_kind(noun: str, wrong: Sequence[Any], right: Any) -> Told | None:
    if isinstance(right, str) or any(isinstance(value, type(right)) for value in wrong):
        return None
    kinds = list(dict.fromkeys(map(kind_of, wrong)))
    if len(kinds) > 1:
        kinds = list(dict.fromkeys(kind.partition(" of ")[0] for kind in kinds))
    if len(kinds) > 1:
        return None
    wanted = kind_of(right).partition(" of ")[0]
    if kinds[0] == wanted:
        return None
    if kinds[0].startswith(f"{wanted} of "):
        wanted += " of numbers"
    title = f"{noun} is {kinds[0]}; {wanted} is asked for."
    return "kind", title, "Print it, and its type, one line before it is returned."


def _counted(noun: str, wrong: Sequence[Seen], seen: Sequence[Seen]) -> Told | None:
    """A whole number that is another expression of the sizes than the right one."""
    shown = whole_expression([found.yours for found in seen], _sizes(seen))
    asked = whole_expression([found.right for found in seen], _sizes(seen))
    if shown is None or asked is None:
        return None
    hint = "Work it out by hand for a small example, and compare step by step."
    return "count", f"{noun} is {shown}; {asked} is asked for.", hint


def _measured(noun: str, wrong: Sequence[Seen], seen: Sequence[Seen]) -> Told | None:
    """A shape, given as a tuple, that is another one than asked for."""
    shown = _in_sizes([found.yours for found in seen], seen)
    asked = _in_sizes([found.right for found in seen], seen)
    if shown is None or asked is None:
        return None
    return "shape", f"{noun} is {shown}; {asked} is asked for.", "Which sizes belong into it?"


def _reshaped(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    def flat(a: Array, b: Array) -> bool:
        return a.shape != b.shape and a.size == b.size and is_close(a.ravel(), b.ravel())

    if all(flat(a, b) for a, b in pairs):
        a, b = pairs[0]
        title = f"{noun} has the right numbers in another shape: {a.shape} instead of {b.shape}."
        return "shape", title, _PRINT_SHAPES
    return None


def _sized(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """Another shape: that of another formula, or told in the names of the sizes."""
    if all(a.shape == b.shape for a, b in pairs):
        return None
    if found := formula(noun, pairs, seen):
        return found
    wrong = [found for found in seen if not found.is_right]
    shown = _in_sizes([found.yours.shape for found in wrong], wrong)
    asked = _in_sizes([found.right.shape for found in seen], seen)
    if shown is None or asked is None or shown == asked:
        return None
    return "shape", f"{noun} has the shape {shown}; {asked} is asked for.", _PRINT_SHAPES


_PRINT_SHAPES = "Print the shapes of what goes into it, one line before."


def _sizes(seen: Sequence[Seen]) -> dict[str, list[int]]:
    """The sizes that every look gives, by their names."""
    return {
        name: [getattr(found.given, name) for found in seen]
        for name in SIZES
        if all(hasattr(found.given, name) for found in seen)
    }


def _in_sizes(shapes: Sequence[tuple[int, ...]], seen: Sequence[Seen]) -> str | None:
    """Shapes as one expression: ``(n_units, n_inputs + 1)``; None if there is no such."""
    if len(set(map(len, shapes))) != 1 or len(shapes) < FEW:
        return None
    axes = [whole_expression(axis, _sizes(seen)) for axis in zip(*shapes, strict=True)]
    if None in axes:
        return None
    return f"({', '.join(map(str, axes))}{',' * (len(axes) == 1)})"


def whole_expression(values: Sequence[int], sizes: Mapping[str, Sequence[int]]) -> str | None:
    """The expression of the sizes, with small whole coefficients, that gives all the values.

    Returns:
        e.g. ``n_inputs·n_units + 1``; None if there is none, or more than one.
    """
    if max(map(abs, values)) > LARGE:
        return None
    terms: dict[str, Any] = {"": [1] * len(values), **sizes}
    terms |= {f"{a}·{b}": np.multiply(sizes[a], sizes[b]) for a, b in combinations(sizes, 2)}
    subsets = (subset for count in (1, 2, 3) for subset in combinations(terms, count))
    for names in (*subsets, tuple(terms)):
        matrix = np.array([terms[name] for name in names], float).T
        found, _, rank, _ = np.linalg.lstsq(matrix, np.array(values, float), rcond=None)
        whole = np.rint(found)
        if rank == len(names) and np.array_equal(matrix @ whole, values):
            return _sum(dict(zip(names, map(int, whole), strict=True)))
    return None


def _sum(coefficients: Mapping[str, int]) -> str:
    parts = []
    for name, count in reversed(list(coefficients.items())):
        if count and name:
            parts.append(("- " if count < 0 else "+ ") + f"{abs(count)}·" * (abs(count) > 1) + name)
        elif count:
            parts.append(f"{'-' if count < 0 else '+'} {abs(count)}")
    text = " ".join(parts).removeprefix("+ ") or "0"
    return f"-{text[2:]}" if text.startswith("- ") else text


def _dtype(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    kinds = {a.dtype.kind for a, _ in pairs}
    hint = "Print its dtype, and the dtypes of what goes into it."
    if kinds & set("bc"):
        holds = "True and False" if "b" in kinds else "complex numbers"
        return "dtype", f"{noun} holds {holds}; real numbers are asked for.", hint
    fractions = any(np.any(b % 1) for _, b in pairs)
    if kinds <= set("iu") and fractions:
        cut = all(a.shape == b.shape and np.all(np.abs(a - b) < 1) for a, b in pairs)
        text = ": the fractions are cut off." if cut else "; numbers with fractions are asked for."
        return "dtype", f"{noun} holds whole numbers{text}", hint
    return None


_TELLS: Sequence[Tell] = (_dtype, *NUMBERS[:1], _reshaped, _sized, *NUMBERS[1:])
