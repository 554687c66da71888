"""Room: what was found out about a submission, before anybody calls it right or wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.sandbox.process import WorkerFailure
from grader.sandbox.trace import Step, StudentError
from grader.submission import Submission


@dataclass(frozen=True, slots=True)
class Check:
    """A collected check.

    Attributes:
        weight: Its share of the group's points, relative to the other checks of the group.
    """

    id: str
    group: str
    title: str
    weight: float


@dataclass(slots=True)
class Outcome:
    """What became of one check.

    Attributes:
        error: What the check raised; None if it passed or was not run.
        steps: What had been done to the submission's objects when it raised.
        example: The generated example that it raised for.
        skipped: Why the check was not run, else empty.
    """

    check: Check
    error: BaseException | None = None
    where: tuple[str, int] | None = None
    steps: list[Step] = field(default_factory=list)
    example: dict[str, Any] = field(default_factory=dict)
    output: str = ""
    skipped: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Trial:
    """Everything that was found out about one submission."""

    submission: Submission
    classes: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    load_error: StudentError | WorkerFailure | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: str = ""
    seconds: float = 0.0
