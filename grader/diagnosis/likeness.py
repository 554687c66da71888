"""Which name is meant by another one: names that look alike."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

ALIKE = 0.6
"""Of two names, the share of letters that makes one a misspelling of the other (difflib)."""

MOST_NAMES, LONGEST_NAME = 1000, 60
"""Names that are compared with another one, and their length: each pair of letters may count."""


def comparable(names: Iterable[str]) -> list[str]:
    """The names that a person may have misspelled, as far as there are not too many."""
    return [name for name in names if len(name) <= LONGEST_NAME][:MOST_NAMES]


def close_to(name: str, names: Iterable[str], least: float) -> list[str]:
    """The name that is nearest to ``name``, if one is alike enough: a list of one or none."""
    return difflib.get_close_matches(name[:LONGEST_NAME], comparable(names), 1, least)


def class_like(entry: str, classes: Iterable[str]) -> str | None:
    """The name of a class that is meant to be ``entry``, if one looks like it."""
    names = [name for name in classes if name != "Layer"]
    close = close_to(entry.lower(), [n.lower() for n in names], 0.4)
    same = (name for name in names if close and name.lower() == close[0])
    longer = (name for name in names if entry.lower() in name.lower())
    return next(same, None) or next(longer, None)


def nearest(name: str, others: Collection[str]) -> str | None:
    """The name that is meant to be ``name``, if one of the others looks like it."""

    def likeness(other: str) -> float:
        theirs, mine = _words(other), _words(name)
        return 1.0 if theirs <= mine or mine <= theirs else _ratio(plain(other), plain(name))

    named = comparable(sorted(others))
    likely = [other for other in named if len(other) > 1 and likeness(other) >= ALIKE]
    return max(likely, key=likeness, default=None)


def plain(name: str) -> str:
    """A name without underscores, in small letters."""
    return name.replace("_", "").lower()


def _words(name: str) -> frozenset[str]:
    """The words of a name: of ``output_shape`` and of ``OutputShape``, ``output`` and ``shape``."""
    apart = re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name)
    return frozenset(filter(None, apart.lower().split("_")))


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
