"""Fails where a call leaves something behind: changed arrays, NumPy's state, later results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np

from grader.checks.expect import expect, expect_close, fail
from grader.remote.answers import Pending
from grader.sandbox.worker.leftovers import ARGUMENT, ERRORS, GENERATOR, RETURNED


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
