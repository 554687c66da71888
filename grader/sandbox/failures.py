"""How a worker is lost, in words for the student whose code it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

FailureKind = Literal["timeout", "memory", "crashed"]


@dataclass
class WorkerFailure(Exception):
    """A worker is gone.

    Attributes:
        reason: For the student, to be read behind "it": ``did not return within 2 s``.
        line: The last line of the student's file that was seen to run.
        function: The function of the student's that had been called, where that was seen.
        entered: The line of the student's file in which that function was.
        steps: What it had been asked to do.
        lost: It was killed from outside, which says nothing about what it ran.
        started: Whether it may have run student code.
        method: What of the student's ran into it, as :class:`grader.remote.steps.Step` has it,
            where that is known.
    """

    kind: FailureKind
    reason: str
    line: int | None = None
    function: str = ""
    entered: int | None = None
    steps: Sequence[Any] = ()
    lost: bool = False
    started: bool = True
    method: tuple[str, str] | None = None

    def __str__(self) -> str:
        where = f"; last line run: {self.line}" if self.line else ""
        return f"{self.reason}{where}"
