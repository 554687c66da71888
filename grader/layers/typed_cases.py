"""Cases whose arrays are of another type or memory layout than usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.layers.cases import AffineCase
from grader.layers.parameters import as_kept
from grader.remote.student import Student

FLOATS = ("fortran", "strided", "float32")
TYPES = ("fortran", "strided", "int64", "float32")
_PLAIN = "c"


@dataclass(frozen=True)
class TypedCase:
    """A case of exact numbers, of which X, G or W comes as another kind of array.

    Attributes:
        X, G, W: ``c``, as usual; ``fortran`` or ``strided``, the memory layout; or a dtype.
    """

    case: AffineCase
    X: str = _PLAIN
    G: str = _PLAIN
    W: str = _PLAIN

    def arrays(self, student: Student) -> tuple[Any, Any]:
        """Return X and G, to be handed to the student's code."""
        return _as(student, self.case.X, self.X), _as(student, self.case.G, self.G)

    def weights(self, student: Student, name: str) -> Any:
        """Return W, to be set as the layer's weights of this name, as the submission keeps them."""
        kept = _as(student, as_kept(student, name, self.case.W), self.W)
        return student.array(kept) if isinstance(kept, np.ndarray) else kept

    @property
    def kind(self) -> str:
        """Of the array that is not as usual."""
        return next(kind for kind in (self.X, self.G, self.W) if kind != _PLAIN)

    def __str__(self) -> str:
        names = " and ".join(name for name in "XGW" if getattr(self, name) != _PLAIN)
        layouts = {"fortran": "in Fortran order", "strided": "not contiguous"}
        kind = layouts.get(self.kind, f"of type {self.kind}")
        return f"{names} {kind}, {self.case.batch} row{'s' * (self.case.batch > 1)}"


def _as(student: Student, array: Any, kind: str) -> Any:
    if kind == _PLAIN:
        return array
    return student.array(array, kind) if kind in ("fortran", "strided") else array.astype(kind)


def typed_cases(
    one: AffineCase,
    several: AffineCase,
    broken: AffineCase,
    *,
    types: Sequence[str] = TYPES,
    weights: bool = False,
) -> list[TypedCase]:
    """Return each kind of array for X and G together, for X alone, and for G alone.

    Args:
        one: Has one row.
        several: Has whole numbers in X.
        broken: Has fractions in X, which a result must keep where G holds whole numbers.
        types: The kinds of arrays.
        weights: Whether there are cases for W alone as well.
    """
    return [
        typed
        for kind in types
        for typed in (
            TypedCase(one, X=kind, G=kind),
            TypedCase(several, X=kind),
            TypedCase(broken, G=kind),
            *([TypedCase(several, W=kind)] if weights else []),
        )
    ]


TYPED = typed_cases(
    AffineCase(1, 3, 2), AffineCase(4, 3, 2), AffineCase(4, 3, 2, scales=(0.25, 1.0, 1.0))
)
