"""Passes that one layer makes one after the other, while nobody sets its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.layers.cases import AffineCase

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


STEPS = sequence(*[(rows, "learn") for rows in (3, 3, 1, 130, 12, 3)])
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

THAWED = sequence((2, "learn"), (3, "evaluate"), (3, "frozen"), (3, "again"), (2, "again"))
"""Training that begins anew on a layer that is frozen."""


def numbered(passes: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each pass with where it is, for messages: ``In pass 3 on the same layer``."""
    for number, each in enumerate(passes, 1):
        yield f"In pass {number} on the same layer", each
