"""One look at the student's code, and what it means for two values to be the same."""

from __future__ import annotations

import types
from typing import Any

import msgspec
import numpy as np

from grader.checks.closeness import is_close
from grader.remote.answers import Pending
from grader.remote.liberties import Listed
from grader.remote.steps import StudentError
from grader.sandbox.codec import Opaque


class Raised(msgspec.Struct, frozen=True):
    """An exception in place of a value; its text may differ between library versions."""

    type_name: str


class Seen:
    """One look at the student's code.

    Args:
        yours: What it gave: a value, the promise of one, or the exception it raised.
        right: What is right.
        given: What a prediction may use, e.g. the inputs; they are read as attributes.

    Attributes:
        raised: The exception in the place of ``yours``, with all that is known of it.
    """

    def __init__(self, yours: Any, right: Any, **given: Any) -> None:
        self.yours = _plain(yours)
        error = yours.error if isinstance(yours, Pending) else yours
        self.raised = error if isinstance(error, StudentError) else None
        self.right = right
        self.given = types.SimpleNamespace(**{k: _plain(v) for k, v in given.items()})

    @property
    def is_right(self) -> bool:
        """Whether there is nothing wrong with it."""
        return same(self.yours, self.right)


def _plain(value: Any) -> Any:
    if isinstance(value, Pending):
        value = value.error or value.value
    if isinstance(value, Listed):
        return value.tolist()
    return Raised(value.type_name) if isinstance(value, StudentError) else value


def same(yours: Any, predicted: Any) -> bool:
    """Whether two values are the same: of one type and shape, numbers within the tolerance."""
    if isinstance(predicted, np.ndarray | np.generic):
        return is_close(yours, predicted)
    if isinstance(yours, Opaque):
        return False
    if isinstance(predicted, tuple | list):
        return (
            type(yours) is type(predicted)
            and len(yours) == len(predicted)
            and all(same(a, b) for a, b in zip(yours, predicted, strict=True))
        )
    if isinstance(yours, np.ndarray):
        return False
    if isinstance(yours, np.generic):
        yours = yours.item()
    return type(yours) is type(predicted) and bool(yours == predicted)
