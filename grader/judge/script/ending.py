"""The end of a script: an assert of what should be so, or an error that says what was found."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from grader.judge.script.source_text import literal
from grader.model.evidence import Described, Evidence

MAX_MESSAGE = 200
"""Characters of a check's message in the assert."""


def ending(evidence: Evidence, message: str, found: bool) -> list[str]:
    """Lines that fail: unless the steps before have raised, or ``yours`` is what it should be."""
    kind = evidence.get("kind")
    if kind in ("raised", "timeout"):
        return []
    said = repr(message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}...")
    comparison = _comparison(evidence) if found else None
    if comparison is None:
        lines = ["print('yours:', yours, sep='\\n')"] if found else []
        lines.append("# The check looks at more than one value; this is what it found:")
        return [*lines, f"raise AssertionError({said})"]
    *before, condition = comparison
    return [*before, f"assert {condition}, {said}"]


def _comparison(evidence: Evidence) -> list[str] | None:
    """Lines that show what is compared, and when ``yours`` is right; None where that is unknown."""
    expected, kind = evidence.get("expected"), evidence.get("kind")
    if not expected:
        return None
    if kind in ("shape", "type"):
        shape = tuple(expected["shape"])
        shown = f"print('yours:', yours, 'expected: an array of shape {shape}', sep='\\n')"
        return [shown, f"isinstance(yours, (np.ndarray, np.generic)) and yours.shape == {shape}"]
    if kind == "property":
        return _plain_comparison(expected, evidence.get("yours"))
    if kind != "value" or expected.get("corner"):
        return None
    values = np.array(_numbers(expected["values"]))
    tolerance = evidence["tolerance"]
    unit = tolerance.get("unit", 1.0)
    scale = max(unit, float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)))
    allowed = tolerance["atol"] * unit + tolerance["rtol"] * scale
    shapes = [tuple(shape) for shape in evidence.get("shapes", [expected["shape"]])]
    allowed_shapes = f"== {shapes[0]}" if len(shapes) == 1 else f"in {shapes}"
    mine = "yours" if len(shapes) == 1 else f"np.reshape(yours, {shapes[0]})"
    close = f"np.allclose({mine}, expected, rtol=0, atol={allowed:.4g}, equal_nan=True)"
    return [
        f"expected = {literal(values)}",
        "print('yours:', yours, 'expected:', expected, sep='\\n')",
        f"np.shape(yours) {allowed_shapes} and {close}",
    ]


def _plain_comparison(expected: Described, yours: Described | None) -> list[str] | None:
    """A comparison with a value such as ``(3,)`` or ``12``, where it tells the two apart."""
    try:
        wanted = ast.literal_eval(str(expected["text"]))
        if yours is None or ast.literal_eval(str(yours["text"])) == wanted:
            return None
    except (KeyError, SyntaxError, ValueError):
        return None
    return [f"print('yours:', yours, 'expected:', {wanted!r})", f"yours == {wanted!r}"]


def _numbers(values: Any) -> Any:
    """Undo what evidence does to numbers that JSON lacks."""
    if isinstance(values, list):
        return [_numbers(value) for value in values]
    if isinstance(values, str):
        return complex(values) if "j" in values else float(values)
    return values
