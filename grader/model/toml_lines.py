"""Finds the line of a key in a TOML document, for error messages.

``tomllib`` keeps no positions. But any beginning of a document that ends with a line, or before a
comma, is a document itself, once the brackets are closed that are open there. So a key stands
behind the last beginning that does not have it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"  # strings of several lines
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|#[^\n]*"
    r"|[][{},\n]",
    re.DOTALL,
)
_NOTHING = re.compile(r"(?:[\s,]|#[^\n]*)*")
_CLOSING = {"[": "]", "{": "}"}


def line_of(text: str, keys: Sequence[str]) -> int:
    """Return the line of a key, or of the innermost table or array around it that is there.

    Args:
        text: A document that ``tomllib`` reads.
        keys: The way to it; a number is the place in an array.
    """
    while not _has(tomllib.loads(text), keys):
        keys = keys[:-1]
    if not keys:
        return 1
    beginnings = list(_beginnings(text))

    def is_there(beginning: tuple[int, str]) -> bool:
        end, closing = beginning
        return _has(tomllib.loads(text[:end] + closing), keys)

    end, _ = beginnings[bisect_left(beginnings, True, key=is_there) - 1]
    found = _NOTHING.match(text, end)
    assert found is not None
    return text.count("\n", 0, found.end()) + 1


def _beginnings(text: str) -> Iterator[tuple[int, str]]:
    """Where each ends, and what closes its brackets; the shortest, which is empty, first."""
    yield 0, ""
    opened = ""
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark in _CLOSING:
            opened = _CLOSING[mark] + opened
        elif mark in ("]", "}"):
            opened = opened[1:]
        elif mark == ",":
            yield found.start(), opened
        elif mark == "\n":
            yield found.end(), opened


def _has(document: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return False
    return True
