"""Wrong numbers that are the right ones with something too much: a factor, an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from grader.checks.closeness import is_close
from grader.checks.observation import Seen

Array = np.ndarray[Any, Any]
Told = tuple[str, str, str]
"""The kind of difference, what is wrong, and a hint."""
Pairs = Sequence[tuple[Array, Array]]
"""What came, and what is right."""
Tell = Callable[[str, Pairs, Sequence[Seen]], Told | None]

FEW = 3
"""So many examples at least must show what could otherwise be chance."""

SIZES = {"batch": "rows", "n_inputs": "inputs", "n_units": "units"}
"""Names of sizes that an aspect may give, and what they count."""

PARTS = {
    "X": "the input",
    "W": "the weights",
    "b": "the biases",
    "G": "the incoming gradient",
    "Z": "the sum before the activation",
}
"""Names under which an aspect may give arrays that can be a factor or a term too much."""

_A_NUMBER = "Is there a number in your code that does not stand in the statement?"


def factor(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """One factor for all numbers of an example: the same in all, or going with one of the sizes."""
    factors = []
    for a, b in pairs:
        if a.shape != b.shape or not np.any(b):
            return None
        share = float(np.vdot(b, a).real / np.vdot(b, b).real)
        if not share or not is_close(a, share * b):
            return None
        factors.append(share)
    if np.ptp(factors) < 1e-9:
        if abs(factors[0] + 1) < 1e-9:
            return "sign", f"{noun} has the wrong sign.", "Follow the minus signs one by one."
        if all(b.size == 1 for _, b in pairs) and len(pairs) < FEW:
            return None
        shapes = len({b.shape for _, b in pairs}) > 1 and not any(f.is_right for f in seen)
        everywhere = ", for every shape" if shapes else ""
        title = f"{_scale_of(noun, seen)} is {factors[0]:.6g} times the right one{everywhere}."
        return "factor", title, _A_NUMBER
    return _scaled(noun, factors, seen) or _rescaled(noun, factors, seen) or _length(noun, pairs)


def _scaled(noun: str, factors: Sequence[float], seen: Sequence[Seen]) -> Told | None:
    """A factor that goes with the sizes: a constant times a product of their powers, in halves."""
    wrong = [found for found in seen if not found.is_right]
    sizes = {
        name: [float(getattr(found.given, name)) for found in wrong]
        for name in SIZES
        if all(hasattr(found.given, name) for found in wrong)
    }
    if np.ptp(np.sign(factors)):
        return None
    for names in (subset for count in (1, 2, 3) for subset in combinations(sizes, count)):
        fitted = _powers(factors, [sizes[name] for name in names])
        if fitted is None:
            continue
        constant, powers = fitted[0], dict(zip(names, fitted[1], strict=True))
        above, below = _power(powers, 1), _power(powers, -1)
        number = f" {constant:.6g}" if abs(constant - 1) > 1e-9 else ""
        text = f" multiplied by{number}{above}" if number or above else ""
        text += f"{' and' * bool(text)} divided by{below}" if below else ""
        minus = " and has the wrong sign" if factors[0] < 0 else ""
        words = " and ".join(f"the number of {SIZES[name]}" for name in names)
        title = f"{_scale_of(noun, seen)} is the right one,{text}{minus}."
        return "scaled", title, f"How {'does' if len(names) == 1 else 'do'} {words} come into it?"
    return None


def _scale_of(noun: str, seen: Sequence[Seen]) -> str:
    """What a factor is about: the scale of random numbers, where an aspect gives that."""
    words = {getattr(found.given, "scale_is", "") for found in seen}
    word = words.pop() if len(words) == 1 else ""
    return f"The {word} of {noun}" if word else noun


def _rescaled(noun: str, factors: Sequence[float], seen: Sequence[Seen]) -> Told | None:
    """Another scale of random numbers: a root, or a fraction, of a sum of sizes."""
    given = [found.given for found in seen if not found.is_right]
    subject = _scale_of(noun, seen)
    if subject == noun or min(factors) <= 0:
        return None
    scales = [each * s.scale for each, s in zip(factors, given, strict=True)]
    words = {name: f"number of {word}" for name, word in SIZES.items()}
    columns = {w: [getattr(s, n) for s in given] for n, w in words.items() if hasattr(given[0], n)}
    for power, shown in ((2, "√({})"), (1, "({})")):
        for top in (1, 2, 3, 6):
            below = [top / scale**power for scale in scales]
            if text := _whole_sum(below, columns):
                sign = f"√{top}" if power == 2 and top > 1 else str(top)
                title = f"{subject} is {sign}/{shown.format(text)}; the statement has another."
                return "scaled", title, "Compare your formula with that in the statement."
    return None


def _whole_sum(values: Sequence[float], columns: Mapping[str, Sequence[int]]) -> str | None:
    """The sum of the columns, and of a number, with whole coefficients, that gives the values."""
    matrix = np.array([*columns.values(), [1] * len(values)], float).T
    found, _, rank, _ = np.linalg.lstsq(matrix, np.array(values), rcond=None)
    whole = np.rint(found)
    if rank < matrix.shape[1] or not np.allclose(matrix @ whole, values, rtol=1e-9):
        return None
    parts = []
    for count, name in zip(map(int, whole), [*columns, ""], strict=True):
        times = f"{abs(count)}·" if name and abs(count) != 1 else ""
        parts += [f"{'-' if count < 0 else '+'} {times}{name or abs(count)}"] if count else []
    return " ".join(parts).removeprefix("+ ") or None


def _powers(
    factors: Sequence[float], sizes: Sequence[Sequence[float]]
) -> tuple[float, list[float]] | None:
    """A constant and powers in halves of the sizes, of which the factors are the product."""
    matrix = np.stack([np.ones(len(factors)), *np.log(sizes)], axis=1)
    found, _, rank, _ = np.linalg.lstsq(matrix, np.log(np.abs(factors)), rcond=None)
    powers = np.rint(2 * found[1:]) / 2
    predicted = np.exp(found[0] + matrix[:, 1:] @ powers)
    sure = rank == matrix.shape[1] < len(factors)
    if not sure or not powers.all() or not np.allclose(np.abs(factors), predicted, rtol=1e-9):
        return None
    return float(np.exp(found[0])), powers.tolist()


def _power(powers: Mapping[str, float], sign: int) -> str:
    """The powers of one sign, in words: ``the number of inputs``, ``√ the number of units``."""
    shown = {0.5: "√({})", 1.0: "({})", 1.5: "({0})·√({0})", 2.0: "({})²"}
    parts = [
        shown.get(sign * power, f"({{}})^{sign * power:g}").format(f"number of {SIZES[name]}")
        for name, power in powers.items()
        if sign * power > 0
    ]
    return f" {'·'.join(parts)}" if parts else ""


def _length(noun: str, pairs: Pairs) -> Told | None:
    """The right direction, and another length in every example."""
    large = [(a, b) for a, b in pairs if b.size > 1]
    if len(large) < FEW:
        return None
    lengths = [float(np.linalg.norm(a)) for a, _ in large]
    shown = f": it has the length {lengths[0]:.6g} each time" if np.ptp(lengths) < 1e-9 else ""
    title = f"{noun} is the right one times a factor, which differs between examples{shown}."
    return "length", title, "What do you divide or multiply by, and does the statement?"


def offset(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """One number too much, everywhere."""
    if len(pairs) < FEW or any(a.shape != b.shape for a, b in pairs):
        return None
    shift = float(np.mean(pairs[0][0] - pairs[0][1]))
    if abs(shift) > 1e-5 and all(is_close(a, b + shift) for a, b in pairs):
        way = "large" if shift > 0 else "small"
        return "offset", f"{noun} is too {way} by {abs(shift):.6g} everywhere.", _A_NUMBER
    return None


def part(noun: str, pairs: Pairs, seen: Sequence[Seen]) -> Told | None:
    """An array that is known in the example as a factor or a term too much."""
    if len(pairs) < FEW or any(a.shape != b.shape for a, b in pairs):
        return None
    if not any(np.any(a) for a, _ in pairs):
        return None  # of zeros everything can be taken away
    wrong = [found for found in seen if not found.is_right]
    for name, word in PARTS.items():
        arrays = [getattr(found.given, name, None) for found in wrong]
        if not all(isinstance(array, np.ndarray) for array in arrays):
            continue
        text = _combined([(a, b, c) for (a, b), c in zip(pairs, arrays, strict=True)])
        if text:
            title = f"{noun} is the right one, {text} {word}."
            return "part", title, f"Does {word[4:]} belong there, by the statement's formula?"
    return None


def _combined(triples: Sequence[tuple[Array, Array, Any]]) -> str | None:
    """How the right numbers have been combined with those of another array."""
    try:
        if all(is_close(a, b * c) for a, b, c in triples):
            return "multiplied, number by number, by"
        if all(is_close(a, b / c) for a, b, c in triples):
            return "divided, number by number, by"
        terms = [np.broadcast_to(c, b.shape) for _, b, c in triples]
    except ValueError:  # of shapes that do not go together
        return None
    shares = [
        float(np.vdot(t, a - b) / np.vdot(t, t))
        for (a, b, _), t in zip(triples, terms, strict=True)
    ]
    share = shares[0]
    pairs = zip(triples, terms, strict=True)
    if np.ptp(shares) > 1e-9 or not all(is_close(a, b + share * t) for (a, b, _), t in pairs):
        return None
    times = "" if abs(abs(share) - 1) < 1e-9 else f"{abs(share):.6g} times "
    return f"{'plus' if share > 0 else 'minus'} {times}".rstrip()


def sizes_of_one(seen: Sequence[Seen], names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Sizes up to which all is right and beyond which nothing is: name, last right, first wrong."""
    for name in names:
        if any(getattr(found.given, name, None) is None for found in seen):
            continue
        good = sorted(getattr(found.given, name) for found in seen if found.is_right)
        bad = sorted(getattr(found.given, name) for found in seen if not found.is_right)
        if good and bad and good[-1] < bad[0]:
            yield name, good[-1], bad[0]
