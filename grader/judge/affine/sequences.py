"""Passes that one layer makes one after the other, while nobody sets its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from grader.judge.affine.cases import AffineCase
from grader.judge.evidence import expect, expect_close

Array = np.ndarray[Any, Any]
Kind = Literal["learn", "frozen", "evaluate", "again"]


@dataclass(frozen=True)
class Pass:
    """One pass of a layer in a sequence of them.

    Attributes:
        case: Its inputs and upstream gradient.
        kind: ``learn``; ``frozen``: the layer must not learn from it; ``evaluate``: only a forward
            pass, as after training; ``again``: the layer is set up once more and then learns.
    """

    case: AffineCase
    kind: Kind = "learn"


def sequence(*passes: tuple[int, Kind], n_inputs: int = 3, n_units: int = 2) -> tuple[Pass, ...]:
    """Return passes of ``(rows, kind)``, each with values of its own."""
    return tuple(
        Pass(AffineCase(rows, n_inputs, n_units, integers=False, seed=seed), kind)
        for seed, (rows, kind) in enumerate(passes)
    )


STEPS = sequence(*[(rows, "learn") for rows in (3, 3, 1, 5, 2, 3)])
"""Training, with batches of several sizes, some of which were there before."""

FROZEN = sequence(
    (2, "learn"),
    (2, "frozen"),
    (3, "learn"),
    (3, "learn"),
    (1, "frozen"),
    (2, "frozen"),
    (2, "learn"),
)
"""Training that is interrupted, twice."""

EVALUATED = sequence((2, "learn"), (4, "evaluate"), (3, "learn"), (2, "evaluate"), (2, "learn"))
"""Training with forward passes in between that are not part of it."""

ANEW = sequence((2, "learn"), (3, "learn"), (3, "again"), (2, "again"), (2, "again"), (2, "learn"))
"""Training that begins anew on the same layer."""


def numbered(passes: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each pass with where it is, for messages: ``In pass 3 on the same layer``."""
    for number, each in enumerate(passes, 1):
        yield f"In pass {number} on the same layer", each


def expect_later_as_before(returned: Sequence[tuple[str, Any, Any]]) -> None:
    """Fail if an array that was returned is another one by now.

    Args:
        returned: What was called, as source; what it returned; and what that is now, where each of
            the two is a promise.
    """
    for what, first, now in returned:
        if first.error is None and now.error is None and isinstance(first.value, np.ndarray):
            message = f"A later call changes an array that {what} returned: return a new one."
            was = f"what {what} returned, looked at later"
            expect_close(now.value, first.value, what=was, message=message, rtol=0.0, atol=0.0)


def expect_untouched_numpy(drawn: Any, before: Any, after: Any, *, seed: int, calls: str) -> None:
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
