"""What happened while a file was loaded that cannot be run as a whole, as its worker tells it.

It is told in plain data, and believed no more than what a student's code answers: notes and
headlines are made of it, and no marks.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grader.model.safe_text import inert
from grader.remote.steps import StudentError
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.hidden_paths import nameless

KINDS = ("absent", "missing", "given", "raised", "stopped", "based")
MAX_EVENTS = 20
MAX_NAMES = 20
MAX_NAME = 100
MAX_LINES = 5
_MAX_LINE = 10**7
_MAX_MESSAGE = 4000
_MAX_FRAMES = 12
_SHOWN = 120


class LoadEvent(msgspec.Struct, frozen=True):
    """One of them.

    Attributes:
        kind: ``absent``, a module that is not there; ``missing``, a name that a module has not;
            ``given``, what the exercise gives instead; ``raised``, a statement that raised;
            ``stopped``, one that did not come to its end; ``based``, a class that is derived from
            something in an absent module.
        line: Of the import or the statement; 0 if it is not known.
        module: As the import has it.
        name: What was imported.
        lines: Of statements that were left out because they use it.
        defines: Names that the statement would have defined.
        first: Whether the program was going on up to here.
        error: What was raised, or how the process ended.
    """

    kind: str
    line: int
    module: str = ""
    name: str = ""
    lines: tuple[int, ...] = ()
    defines: tuple[str, ...] = ()
    first: bool = True
    error: StudentError | WorkerFailure | None = None

    @property
    def reason(self) -> str:
        """Why the statement did not come to its end, in a few words."""
        if isinstance(self.error, WorkerFailure):
            return self.error.reason
        if self.error is None:
            return ""
        if self.error.type_name == "EOFError":
            return "input() asks a question, and nobody is there to answer"
        if self.error.is_a(SystemExit):
            return "the file ends the program here (exit)"
        text = " ".join(inert(str(self.error)).split())
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def read_events(told: Any, stopped: WorkerFailure | None) -> list[LoadEvent]:
    """Read what a worker says, as far as it is said properly.

    Args:
        told: The list that it sent.
        stopped: How the worker before it ended.
    """
    if type(told) is not list:
        raise TypeError("events")
    events = []
    for item in told[:MAX_EVENTS]:
        raised = item["raised"]
        error: StudentError | WorkerFailure | None = None
        if item["kind"] == "stopped":
            error = stopped
        elif item["kind"] == "raised":
            error = _read_error(*raised)
        if item["kind"] not in KINDS:
            raise ValueError("kind")
        events.append(
            LoadEvent(
                item["kind"],
                _line(item["line"]),
                _name(item["module"]),
                _name(item["name"]),
                tuple(_line(line) for line in item["lines"][:MAX_LINES]),
                tuple(_name(name) for name in item["defines"][:MAX_NAMES]),
                bool(item["first"]),
                error,
            )
        )
    return events


def _read_error(kind: Any, message: Any, frames: Any, detail: Any) -> StudentError:
    where = [(_line(line), _name(function)) for line, function in frames[-_MAX_FRAMES:]]
    more = {
        _name(key): value[:_MAX_MESSAGE] if type(value) is str else value
        for key, value in list(detail.items())[:_MAX_FRAMES]
        if type(value) in (str, int)
    }
    return StudentError(_name(kind), nameless(str(message)[:_MAX_MESSAGE]), where, more)


def _line(value: Any) -> int:
    return value if type(value) is int and 0 <= value <= _MAX_LINE else 0


def _name(value: Any) -> str:
    return inert(" ".join(str(value)[:MAX_NAME].split()))
