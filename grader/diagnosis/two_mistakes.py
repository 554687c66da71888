"""Finds two known mistakes that together give what came, where none alone does.

The first one changes what the second starts from. Either it is another array in the place of the
right one (the updated weights for the old ones), or its value takes the place of the right value,
under every name under which predictions use that. Where no known mistake is the second, a factor
may be: a number, or one that goes with the sizes.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.checks.misconceptions import Mistake, Predicts, Text, Values
from grader.checks.observation import Seen, same
from grader.diagnosis.numeric.scaling import FEW, SIZES, factor

Given = types.SimpleNamespace
Pair = tuple[tuple[str, Text], tuple[str, Text]]


def two_together(
    noun: str, known: Sequence[Mistake], seen: Sequence[Seen], right: Predicts | None
) -> Pair | None:
    """The names and texts of two mistakes; None if no two explain all that was seen.

    The name is empty of what is no known mistake. Each of the two must show in several examples.

    Args:
        right: Gives the right value; None if that is not known as a formula.
    """
    if not all(_is_numbers(value) for s in seen for value in (s.yours, s.right)):
        return None
    wrong = [s for s in seen if not s.is_right]
    if _shown((s.yours, s.right) for s in wrong) < FEW:
        return None
    # The example that refutes most comes first.
    seen = sorted(seen, key=lambda s: (s.is_right, -_numbers(s.right).size))
    ways = [(mistake, values) for mistake in known for values in mistake.each]
    for mistake, values in ways:
        bases = _given_by(mistake.predict, [s.given for s in seen], values)
        if bases is None or _alike(bases, [s.right for s in seen]):
            continue
        first = (mistake.id, mistake.told(values))
        for changed in _changed(seen, bases, right):
            for second, others in ways:
                if second.id != mistake.id and _gives(second, others, seen, changed, bases):
                    return first, (second.id, _besides(second.told(others)))
        if title := _scaled(noun, seen, bases):
            text = Text(title, _TOGETHER, _NUMBER, _NUMBER)
            return first, ("", text)
    return None


_TOGETHER = "The two together give all that was seen."
_NUMBER = "Is there a number in your code that does not stand in the statement?"


def _besides(text: Text) -> Text:
    return Text(text.title, f"{text.why} {_TOGETHER}", text.hint, text.stronger)


def _given_by(
    predict: Callable[..., Any], given: Sequence[Given], values: Values
) -> list[Any] | None:
    """What a prediction gives for each example; None unless that is an array of each."""
    found = []
    for each in given:
        try:
            with np.errstate(all="ignore"):
                value = predict(each, **values)
        except Exception:
            return None
        if not _is_numbers(value):
            return None
        found.append(value)
    return found


def _is_numbers(value: Any) -> bool:
    """Whether it is an array, or a tuple of arrays: of each parameter, say."""
    parts = value if isinstance(value, tuple) and value else (value,)
    return all(isinstance(part, np.ndarray) and part.dtype.kind in "fiu" for part in parts)


def _numbers(value: Any) -> np.ndarray[Any, Any]:
    """All the numbers of an array, or of a tuple of arrays."""
    parts = value if isinstance(value, tuple) else (value,)
    return np.concatenate([np.ravel(part) for part in parts])


def _shown(pairs: Iterable[tuple[Any, Any]]) -> int:
    """In how many examples more than one number differs; or, of a tuple, how many numbers do."""
    count = 0
    for one, other in pairs:
        a, b = _numbers(one), _numbers(other)
        differ = a.size if a.shape != b.shape else int(np.sum(~np.isclose(a, b)))
        count += differ if isinstance(one, tuple) else differ > 1
    return count


def _alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(map(same, one, other))


def _gives(
    mistake: Mistake, values: Values, seen: Sequence[Seen], given: Sequence[Given], bases: Any
) -> bool:
    """Whether it gives all that came, and in several examples more than the first one does."""
    for found, each in zip(seen, given, strict=True):
        value = _given_by(mistake.predict, [each], values)
        if value is None or value[0] is found.yours or not same(found.yours, value[0]):
            return False
    return _shown((s.yours, base) for s, base in zip(seen, bases, strict=True)) >= FEW


def _changed(
    seen: Sequence[Seen], bases: Sequence[Any], right: Predicts | None
) -> Iterator[list[Given]]:
    """What the second mistake may start from, as the first one leaves it."""
    names = [_equal_names(s, base) for s, base in zip(seen, bases, strict=True)]
    if all(names):
        parts = [base[0] if isinstance(base, tuple) else base for base in bases]
        yield [
            types.SimpleNamespace(**{**vars(s.given), **dict.fromkeys(each, part)})
            for s, each, part in zip(seen, names, parts, strict=True)
        ]
    if right is None:
        return
    for name, other in _exchanges(seen[0]):
        changed = [_exchanged(s.given, name, other) for s in seen]
        made = _given_by(right, changed[:1], {})
        if made is None or not same(made[0], bases[0]):
            continue
        made = _given_by(right, changed, {})
        if made is not None and _alike(made, bases):
            yield changed


def _equal_names(found: Seen, base: Any) -> list[str]:
    """The names under which the right value is given; of a tuple, one for all its arrays."""
    right = found.right
    if isinstance(right, tuple):
        if not all(same(part, value[0]) for value in (right, base) for part in value):
            return []
        right = right[0]
    items = vars(found.given).items()
    return [n for n, v in items if isinstance(v, np.ndarray) and same(v, right)]


def _exchanges(found: Seen) -> Iterator[tuple[str, str]]:
    """Each array by a name, and the name of another of its shape; numbers likewise."""
    items = vars(found.given)
    for name, value in items.items():
        for other, instead in items.items():
            if name == other or name in SIZES:
                continue
            arrays = isinstance(value, np.ndarray) and isinstance(instead, np.ndarray)
            if (arrays and value.shape == instead.shape) or type(value) is type(instead) is int:
                yield name, other
        if type(value) is int and name not in SIZES:
            yield name, ""


def _exchanged(given: Given, name: str, other: str) -> Given:
    instead = getattr(given, other, None) if other else 1
    return types.SimpleNamespace(**{**vars(given), name: instead})


def _scaled(noun: str, seen: Sequence[Seen], bases: Sequence[Any]) -> str | None:
    """How what came is that of a mistake, times a factor; None if it is not."""
    if any(isinstance(s.yours, tuple) for s in seen):
        return None
    after = [Seen(s.yours, base, **vars(s.given)) for s, base in zip(seen, bases, strict=True)]
    wrong = [s for s in after if not s.is_right]
    if len(wrong) < FEW:
        return None
    with np.errstate(all="ignore"):
        told = factor(noun, [(s.yours, s.right) for s in wrong], after)
    if told is None or told[0] not in ("sign", "factor", "scaled"):
        return None
    title = told[1].replace(" is the right one,", " is").replace("right one", "result of the first")
    return f"Besides, {title[:1].lower()}{title[1:]}"
