"""Words of a sentence: what kinds of values are called, and which name is meant."""

from __future__ import annotations

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
