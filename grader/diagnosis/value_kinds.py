"""Words of a sentence: what kinds of values are called, and which name is meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np

from grader.sandbox.codec import Opaque

_KINDS = {
    "numpy.ndarray": "an array",
    "ndarray": "an array",
    "NoneType": "None",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "tuple": "a tuple",
    "list": "a list",
    "dict": "a dictionary",
    "str": "a text",
    "function": "a function",
    "method": "a method that is not called",
    "builtin_function_or_method": "a method that is not called",
    "type": "a class",
    "generator": "a generator",
}


def kind_named(name: str) -> str:
    """What a value of the type ``name`` is called: ``an array``, ``a tuple``."""
    if name.startswith("numpy.") and name.rstrip("0123456789") in ("numpy.float", "numpy.int"):
        return "a number"
    return _KINDS.get(name, f"an object of type {name}")


def kind_of(value: Any) -> str:
    """What a value is called: ``a tuple of 3 values``, ``a number``."""
    if isinstance(value, Opaque):
        kind = kind_named(value.type_name)
        return value.why if value.why.startswith(f"{kind} of ") else kind
    if isinstance(value, tuple | list):
        return f"{kind_named(type(value).__name__)} of {len(value)} value{'s' * (len(value) != 1)}"
    if isinstance(value, np.generic):
        value = value.item()
    return kind_named(type(value).__name__)


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
