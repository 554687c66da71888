"""What a check says when it fails: a message for the learner, and plain data behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from grader.checks.charged_once import LISTS, SINGLE, TURNED, CheckError, charge, charged_here
from grader.checks.closeness import (
    ATOL,
    RTOL,
    closeness,
    distance,
    equal,
    is_close_in_single,
    told_apart,
)
from grader.checks.plain_data import as_text, describe, number
from grader.model.evidence import Evidence
from grader.remote.liberties import Listed, as_item
from grader.remote.student import Student
from grader.sandbox.codec import Opaque


class CheckFailed(CheckError):
    """A check found something wrong.

    Attributes:
        message: For the learner.
        evidence: Plain data: what, expected, yours, where, how far.
        yours: The very value that was compared, to be found again in the trace.
    """

    def __init__(self, message: str, evidence: Evidence, yours: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.evidence = evidence
        self.yours = yours


class Misnamed(CheckFailed):
    """Something is kept under another name than the statement's.

    Attributes:
        names: Those of the statement.
    """

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message, {"kind": "property"}, None)
        self.names = tuple(names)


def expect_names(student: Student, *names: str) -> None:
    """Fail if the submission keeps something under another name than the statement's.

    For items of dictionaries (``p.W``), which are read all at once; an attribute that is read in
    ``student.as_written()`` is not found.
    """
    liberties = student.liberties.names
    other = [name for name in names if name in liberties]
    if other:
        shown = [[as_item(name) for name in (stated, liberties[stated])] for stated in other]
        told = " and ".join(f"{stated} is called {own}" for stated, own in shown)
        raise Misnamed(f"What the statement calls {told} here.", other)


def fail(message: str, *, what: str = "", yours: Any = None, expected: Any = None) -> NoReturn:
    """Fail the check with ``message``; show ``yours`` and ``expected`` beside it."""
    evidence: Evidence = {"kind": "property"}
    if what:
        evidence["what"] = what
    if yours is not None:
        evidence["yours"] = describe(yours)
    if expected is not None:
        evidence["expected"] = describe(expected)
    raise CheckFailed(message, evidence, yours)


def expect(condition: object, message: str, *, what: str = "", yours: Any = None) -> None:
    """Fail the check with ``message`` unless ``condition`` holds."""
    if not condition:
        fail(message, what=what, yours=yours)


def expect_array(
    value: Any, what: str, shape: tuple[int, ...], *, or_shapes: Sequence[tuple[int, ...]] = ()
) -> np.ndarray[Any, Any]:
    """Return ``value`` if it is a numeric array of ``shape`` (or of one of ``or_shapes``).

    A list of such numbers is charged once: the array of it is returned.
    """
    wanted = f"an array of shape {shape}"
    if isinstance(value, Opaque):
        why = f" ({value.why})" if value.why else ""
        raise _wrong_type(what, f"a value of type {value.type_name}{why}", wanted, value, shape)
    if value is None:
        raise _wrong_type(what, "None", wanted, value, shape)
    if not isinstance(value, np.ndarray | np.generic):
        raise _wrong_type(what, _with_type(value), wanted, value, shape)
    if isinstance(value, Listed):
        charge(_wrong_type(what, _with_type(value.tolist()), wanted, value, shape), LISTS)
    array = np.asarray(value)
    if array.shape != shape and array.shape not in or_shapes:
        message = _sentence(f"{what} has shape {array.shape}; the expected shape is {shape}.")
        evidence: Evidence = {"kind": "shape", "what": what, "yours": describe(value)}
        evidence["expected"] = {"shape": list(shape)}
        failed = CheckFailed(message, evidence, value)
        if array.ndim == 2 and array.shape == shape[::-1]:
            failed.charged_once = TURNED
        raise failed
    return array


def expect_type(value: Any, dtype: Any, *, what: str, message: str) -> None:
    """Fail if a list, or an array of single precision, is in the place of an array of ``dtype``.

    For checks that are about types: no other one pays for it then.
    """
    if isinstance(value, Listed):
        with charged_here():
            expect_array(value, what, value.shape)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        evidence: Evidence = {"kind": "property", "what": what, "yours": describe(value)}
        with charged_here():
            if value.dtype.itemsize < np.dtype(dtype).itemsize:
                charge(CheckFailed(message, evidence, value), SINGLE)


def _wrong_type(
    what: str, got: str, wanted: str, value: Any, shape: tuple[int, ...]
) -> CheckFailed:
    told = value.tolist() if isinstance(value, Listed) else value
    evidence: Evidence = {"kind": "type", "what": what, "yours": describe(told)}
    evidence["expected"] = {"shape": list(shape)}
    return CheckFailed(_sentence(f"{what} is {got}; expected {wanted}."), evidence, value)


def _with_type(value: Any) -> str:
    shown = as_text(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    kind = type(value).__name__
    return f"{shown} ({'an' if kind[0] in 'aeiou' else 'a'} {kind})"


def _sentence(text: str) -> str:
    """Begin with a capital, unless it begins with code."""
    return text[0].upper() + text[1:] if text.startswith("the ") else text


def expect_close(
    yours: Any,
    expected: Any,
    *,
    what: str,
    message: str = "",
    or_shapes: Sequence[tuple[int, ...]] = (),
    rtol: float = RTOL,
    atol: float = ATOL,
    unit: float = 1.0,
) -> None:
    """Fail unless ``yours`` has the shape and, within tolerance, the values of ``expected``.

    An element is right if ``|yours - expected| <= atol * unit + rtol * scale``, where scale is
    the largest ``|expected|`` of the array, and at least ``unit``: a sum of products that nearly
    cancels is no less right than its neighbours. NaN equals only NaN, infinity only infinity.
    What is as close as single precision can be is charged once.

    Args:
        what: What is compared, as source, e.g. ``layer.forward_pass(X)``.
        message: For the learner, instead of the general one.
        or_shapes: Other shapes of the same size that are accepted as well.
        unit: The size of an ordinary element, where that is not 1: tiny numbers need a tiny one.
    """
    expected = np.asarray(expected)
    or_shapes = [shape for shape in or_shapes if math.prod(shape) == expected.size]
    array = expect_array(yours, what, expected.shape, or_shapes=or_shapes)
    compared = array.reshape(expected.shape)
    if equal(compared, expected):  # the common case, and the cheap one
        return
    right = closeness(compared, expected, rtol, atol, unit)
    if right.all():
        return
    wrong = np.argwhere(~right)
    first = tuple(int(i) for i in wrong[0])
    seen, wanted = compared[first], expected[first]
    error = distance(compared, expected)
    largest = float(np.max(error)) if not np.isnan(error).any() else math.nan
    where = f"[{', '.join(map(str, first))}]" if first else ""
    text = f"{what} differs from the expected value"
    shown, asked = told_apart(seen, wanted)
    text += f": {f'at {where} ' if where else ''}it is {shown}, expected {asked}."
    evidence: Evidence = {
        "kind": "value",
        "what": what,
        "expected": describe(expected),
        "yours": describe(yours),
        "first": {"index": list(first), "expected": number(wanted), "yours": number(seen)},
        "wrong": len(wrong),
        "of": int(expected.size),
        "largest_error": number(largest),
        "tolerance": {"rtol": rtol, "atol": atol},
    }
    if unit != 1.0:
        evidence["tolerance"]["unit"] = unit
    if or_shapes:
        evidence["shapes"] = [list(shape) for shape in (expected.shape, *or_shapes)]
    failed = CheckFailed(f"{message} ({text})" if message else _sentence(text), evidence, yours)
    if not is_close_in_single(compared, expected, rtol, atol, unit):
        raise failed
    charge(failed, SINGLE)
