"""What a check says when it fails: a message for the learner, and plain data behind it.

Shapes are compared before values: ``np.allclose`` broadcasts, and a column bias "equals" a row.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from grader.remote.liberties import as_item
from grader.remote.steps import Pending
from grader.remote.student import Student
from grader.sandbox.codec import Opaque
from grader.sandbox.worker.leftovers import ARGUMENT, ERRORS, GENERATOR, RETURNED

RTOL, ATOL = 1e-9, 1e-12
"""float64 products summed in another order differ by 1e-13 or so; float32 shows at 1e-8."""

MAX_TEXT = 400
"""Characters of another value that evidence holds."""

MAX_VALUES = 400
"""Elements of an array that evidence holds; larger arrays are described by their corner."""


class CheckFailed(AssertionError):
    """A check found something wrong.

    Attributes:
        message: For the learner.
        evidence: Plain data: what, expected, yours, where, how far.
        yours: The very value that was compared, to be found again in the trace.
    """

    def __init__(self, message: str, evidence: dict[str, Any], yours: Any = None) -> None:
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
    evidence: dict[str, Any] = {"kind": "property"}
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
    """Return ``value`` if it is a numeric array of ``shape`` (or of one of ``or_shapes``)."""
    wanted = f"an array of shape {shape}"
    if isinstance(value, Opaque):
        why = f" ({value.why})" if value.why else ""
        _wrong_type(what, f"a value of type {value.type_name}{why}", wanted, value, shape)
    if value is None:
        _wrong_type(what, "None", wanted, value, shape)
    if not isinstance(value, np.ndarray | np.generic):
        shown = as_text(value)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        kind = type(value).__name__
        article = "an" if kind[0] in "aeiou" else "a"
        _wrong_type(what, f"{shown} ({article} {kind})", wanted, value, shape)
    array = np.asarray(value)
    if array.shape != shape and array.shape not in or_shapes:
        message = _sentence(f"{what} has shape {array.shape}; the expected shape is {shape}.")
        evidence = {"kind": "shape", "what": what, "yours": describe(value)}
        evidence["expected"] = {"shape": list(shape)}
        raise CheckFailed(message, evidence, value)
    return array


def _wrong_type(what: str, got: str, wanted: str, value: Any, shape: tuple[int, ...]) -> NoReturn:
    evidence = {"kind": "type", "what": what, "yours": describe(value)}
    evidence["expected"] = {"shape": list(shape)}
    raise CheckFailed(_sentence(f"{what} is {got}; expected {wanted}."), evidence, value)


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
    if _equal(compared, expected):  # the common case, and the cheap one
        return
    right = closeness(compared, expected, rtol, atol, unit)
    if right.all():
        return
    wrong = np.argwhere(~right)
    first = tuple(int(i) for i in wrong[0])
    seen, wanted = compared[first], expected[first]
    error = _distance(compared, expected)
    largest = float(np.max(error)) if not np.isnan(error).any() else math.nan
    where = f"[{', '.join(map(str, first))}]" if first else ""
    text = f"{what} differs from the expected value"
    shown, asked = told_apart(seen, wanted)
    text += f": at {where} it is {shown}, expected {asked}." if where else "."
    evidence = {
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
    raise CheckFailed(f"{message} ({text})" if message else _sentence(text), evidence, yours)


def expect_unchanged(
    arguments: Iterable[tuple[str, str, Pending, np.ndarray[Any, Any], Pending]],
    *,
    whose: str = "the caller's array",
) -> None:
    """Fail unless arrays are after each call what they were before, exactly.

    Args:
        arguments: For each array and call: the array's name, the method's, what it answered, the
            array before, and what was read of it afterwards. What the method raised is raised.
        whose: Which arrays they are, for the message; ``the layer's`` for its attributes.
    """
    for name, method, done, before, after in arguments:
        done.value  # noqa: B018
        message = f"{method} changed {whose} {name}."
        what = f"{name} after {method}"
        expect_close(after.value, before, what=what, message=message, rtol=0.0, atol=0.0)


def expect_later_as_before(returned: Iterable[tuple[str, Pending, Pending]]) -> None:
    """Fail if an array that was returned, or one in a dictionary, is another one by now.

    Args:
        returned: What was called, as source; what it returned; and what that is now.
    """
    for what, first, now in returned:
        if first.error or now.error:
            continue
        named = isinstance(first.value, dict) and isinstance(now.value, dict)
        were, are = (first.value, now.value) if named else ({"": first.value}, {"": now.value})
        for key, value in were.items():
            if isinstance(value, np.ndarray):
                message = f"A later call changes an array that {what} returned: return a new one."
                was = f"what {what} returned{f' as {key}' if named else ''}, looked at later"
                expect_close(are.get(key), value, what=was, message=message, rtol=0.0, atol=0.0)


def expect_untouched_numpy(
    drawn: Pending, before: Pending, after: Pending, *, seed: int, calls: str
) -> None:
    """Fail unless NumPy's global generator and error state are as they were before the calls.

    Args:
        drawn: What was drawn from the global generator afterwards: the promise of an array (k,).
        before, after: ``np.geterr()`` before and after, as promises.
        seed: What the generator was seeded with before the calls.
        calls: What was called, for the message: ``forward_pass and backward_pass``.
    """
    wanted = np.random.RandomState(seed).random_sample(np.shape(drawn.value))
    expect_close(
        drawn.value,
        wanted,
        what="the next random numbers",
        message=f"{calls} must neither draw from NumPy's global generator nor seed it.",
    )
    message = f"{calls} must leave NumPy's error handling (np.seterr) as it was."
    same = before.error or after.error or before.value == after.value
    expect(same, message, what="np.geterr()", yours=after.value)


def expect_arguments_left_alone(left: Pending, place: str = "") -> None:
    """Fail if a call has changed an array that it was handed.

    Args:
        left: What :meth:`Student.left` promised.
        place: Where this was, for the message.
    """
    for name, what in _leftovers(left):
        if what == ARGUMENT:
            fail(f"{place}{name} changes an array that it is given; work on a copy of it.")


_DRAWS = "{} draws from NumPy's global generator, or seeds it; it must do neither."


def expect_nothing_drawn(left: Pending, place: str = "") -> None:
    """Fail if a call has drawn from NumPy's global generator, or seeded it.

    Args:
        left: What :meth:`Student.left` promised.
        place: Where this was, for the message.
    """
    for name, what in _leftovers(left):
        if what == GENERATOR:
            fail(place + _DRAWS.format(name))


def expect_nothing_left(left: Pending, place: str = "", *, may_draw: Collection[str] = ()) -> None:
    """Fail if a call has changed NumPy's state, or an array that was returned before.

    Args:
        left: What :meth:`Student.left` promised.
        place: Where this was, for the message.
        may_draw: Functions that may draw from NumPy's global generator.
    """
    told = {
        GENERATOR: _DRAWS,
        ERRORS: "{} changes NumPy's error handling (np.seterr) and leaves it so.",
        RETURNED: "A later call changes an array that {} returned: return a new one.",
    }
    for name, what in _leftovers(left):
        if what in told and not (what == GENERATOR and name in may_draw):
            fail(place + told[what].format(name))


def _leftovers(left: Pending) -> Iterator[tuple[str, str]]:
    """What a worker says that was left behind, as far as it can be understood."""
    found = left.value if left.error is None else []
    for item in found if isinstance(found, list) else ():
        if isinstance(item, list) and [type(part) for part in item] == [str, str]:
            yield item[0], item[1]


def closeness(
    yours: np.ndarray[Any, Any],
    expected: np.ndarray[Any, Any],
    rtol: float,
    atol: float,
    unit: float = 1.0,
) -> np.ndarray[Any, Any]:
    """Element by element, whether ``yours`` is right; both of the same shape."""
    if yours.dtype.kind in "biu" and expected.dtype.kind in "biu":
        exact: np.ndarray[Any, Any] = yours == expected
        return exact
    finite = np.isfinite(expected)
    scale = max(unit, float(np.max(np.abs(expected[finite]), initial=0.0)))
    near = _distance(yours, expected) <= atol * unit + rtol * scale
    with np.errstate(all="ignore"):
        same = (yours == expected) | (np.isnan(yours) & np.isnan(expected))
    result: np.ndarray[Any, Any] = np.where(finite, near, same)
    return result


def told_apart(yours: Any, wanted: Any) -> tuple[str, str]:
    """Two numbers as text, in as many digits as it takes to see that they differ.

    A number of a smaller floating-point type is told in its own digits, with the type: more digits
    than it has would only show what became of it in another type.
    """
    small = yours.dtype.kind == "f" and yours.dtype.itemsize < np.dtype(float).itemsize
    for digits in (8, 10, 12, 15, 17):
        texts = f"{yours:.{digits}g}", f"{wanted:.{digits}g}"
        if texts[0] != texts[1]:
            break
    if small and digits > 8:
        return f"{yours:.8g} ({yours.dtype})", texts[1]
    return texts


def _distance(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``|a - b|`` in double precision: booleans have no difference, and integers wrap."""
    wide = [x.astype(np.float64) if x.dtype.kind in "biu" else x for x in (a, b)]
    with np.errstate(all="ignore"):
        distance: np.ndarray[Any, Any] = np.abs(wide[0] - wide[1])
    return distance


def is_close(
    yours: Any, expected: Any, rtol: float = RTOL, atol: float = ATOL, unit: float = 1.0
) -> bool:
    """Whether ``yours`` is an array of the shape and values of ``expected``."""
    if not isinstance(yours, np.ndarray | np.generic):
        return False
    array, wanted = np.asarray(yours), np.asarray(expected)
    if array.shape != wanted.shape:
        return False
    return _equal(array, wanted) or bool(closeness(array, wanted, rtol, atol, unit).all())


def _equal(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether arrays of the same shape are equal; NaN is equal to itself if the bits are."""
    if a.dtype == b.dtype and a.tobytes() == b.tobytes():
        return True
    with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
        return bool((a == b).all())


def number(value: Any) -> Any:
    """A number as JSON can hold it: NaN and infinities as text."""
    if isinstance(value, complex | np.complexfloating):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    value = float(value)
    return value if math.isfinite(value) else str(value)


def describe(value: Any) -> dict[str, Any]:
    """A value as plain data for evidence: shape, dtype and values, or its text."""
    if isinstance(value, Opaque):
        return {
            "type": value.type_name,
            "text": value.why or f"an object of type {value.type_name}",
        }
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        shown = array
        if array.size > MAX_VALUES:
            edge = max(1, int(MAX_VALUES ** (1 / array.ndim)))
            shown = array[tuple(slice(0, edge) for _ in array.shape)]
        described: dict[str, Any] = {"shape": list(array.shape), "dtype": str(array.dtype)}
        described["values"] = _nested(shown)
        if shown is not array:
            described["corner"] = True
        return described
    text = as_text(value)
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 3] + "..."
    return {"type": type(value).__name__, "text": text}


def as_text(value: Any) -> str:
    """A value as text, with arrays inside of it left out: NumPy may take minutes to print one.

    Of what is long, at least the first MAX_TEXT characters are right; who shows it cuts it.
    """
    return repr(_without_arrays(value, [MAX_TEXT]))


class _Bare(str):
    """Shown without quotes."""

    def __repr__(self) -> str:
        return str(self)


def _without_arrays(value: Any, room: list[int]) -> Any:
    """A value with arrays left out, and all that is behind so many items as ``room`` says."""
    if isinstance(value, np.ndarray):
        return _Bare(f"an array of shape {value.shape}")
    if isinstance(value, Opaque):
        return _Bare(f"<{value.type_name}: {value.why}>" if value.why else f"<{value.type_name}>")
    if isinstance(value, str):
        return value[: 2 * MAX_TEXT]
    if isinstance(value, list):
        return [_without_arrays(item, room) for item in _first(value, room)]
    if isinstance(value, tuple):
        return tuple(_without_arrays(item, room) for item in _first(value, room))
    if isinstance(value, dict):
        return {
            _without_arrays(key, room): _without_arrays(value[key], room)
            for key in _first(value, room)
        }
    return value


def _first(values: Iterable[Any], room: list[int]) -> Iterator[Any]:
    """The first of the items of a list, or of all lists around it together."""
    for value in values:
        if room[0] <= 0:
            return
        room[0] -= 1
        yield value


def _nested(array: np.ndarray[Any, Any]) -> Any:
    return number(array[()]) if array.ndim == 0 else [_nested(row) for row in array]
