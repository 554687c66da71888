"""A reference with something appended to it that runs around its methods."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection
from functools import cache
from types import ModuleType

from grader.authoring.distortion import calls, changes, conditions, record, wrap

_IMPORTS = """\
import copy, dis, functools, inspect, json, sys, weakref
from collections.abc import Callable, Iterator
from typing import Any
import numpy as np
"""


def recording(source: str, entry: str) -> str:
    """The reference, printing what there is to know of its methods."""
    parts = [_text(calls), _text(record)]
    last = "surrounded(entry, recorded)\nrecord_interface(entry)\n"
    return _appended(source, entry, parts, last)


def watching(source: str, entry: str, asked: dict[str, list[str]]) -> str:
    """The reference, printing which of these conditions hold for a call of each method."""
    parts = [_text(calls), _text(conditions), _text(record)]
    lists = ", ".join(f"{member!r}: [{', '.join(calls)}]" for member, calls in asked.items())
    return _appended(source, entry, parts, f"surrounded(entry, watching({{{lists}}}))\n")


def distorted(source: str, entry: str, used: Collection[str], last: str, about: str) -> str:
    """The reference, distorted.

    Args:
        used: Functions of :mod:`changes`, :mod:`conditions` and :mod:`wrap` that ``last`` needs.
        last: What is done at last, with the class as ``entry``.
        about: A sentence.
    """
    parts = [_text(calls), *(_text(module, used) for module in (conditions, changes, wrap))]
    return _appended(source, entry, parts, f"# {about}\n{last}\n")


def _appended(source: str, entry: str, parts: list[str], last: str) -> str:
    inner = textwrap.indent("\n".join([_IMPORTS, *parts, last]), "    ")
    return (
        f"{source.rstrip()}\n\n\ndef _distort(entry):\n{inner}\n\n_distort({entry})\ndel _distort\n"
    )


@cache
def _statements(module: ModuleType) -> list[tuple[str, str]]:
    """The statements of a module but its imports and docstring: names and texts."""
    text = inspect.getsource(module)
    lines = text.splitlines(keepends=True)
    found = []
    for node in ast.parse(text).body[1:]:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            name = getattr(node, "name", "")
            found.append((name, "".join(lines[node.lineno - 1 : node.end_lineno])))
    return found


def _text(module: ModuleType, used: Collection[str] | None = None) -> str:
    """The module's statements; of its functions only those that are needed."""
    wanted = None if used is None else {*used, "", "tell", "changed"}
    parts = [text for name, text in _statements(module) if wanted is None or name in wanted]
    return "\n".join(parts)
