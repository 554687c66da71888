"""Notes on what of a file could not be run, and why its class is missing if that is the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.diagnosis.generic.unavailable_modules import exists
from grader.remote.load_events import LoadEvent
from grader.remote.steps import StudentError
from grader.sandbox.failures import WorkerFailure

MAX_NOTES = 10


def load_notes(entry: str, events: Sequence[LoadEvent]) -> list[str]:
    """Say for the report what could not be run, a line each.

    Args:
        entry: The class that the problem asks for; why it is missing is no note.
        events: What happened.
    """
    others = [event for event in events if entry not in event.defines]
    notes = dict.fromkeys(note for event in others if (note := _note(event)))
    return list(notes)[:MAX_NOTES]


def why_missing(entry: str, events: Sequence[LoadEvent]) -> StudentError | WorkerFailure | None:
    """What became of the statement that would have defined a class, if it is known.

    Where that needed what an earlier statement should have defined, it is what became of that one.
    """
    failed = {name: e.error for e in reversed(events) if e.error is not None for name in e.defines}
    error = failed.pop(entry, None)
    while isinstance(error, StudentError) and error.type_name == "NameError":
        name = re.match(r"name '(\w+)' is not defined", error.message)
        earlier = failed.pop(name[1], None) if name is not None else None
        if earlier is None:
            break
        error = earlier
    return error


def _note(event: LoadEvent) -> str:
    where = f"line {event.line}: " if event.line else ""
    module = event.module if event.module.strip(".") else f"of the package ({event.module})"
    if event.kind == "based":
        return ""
    if event.kind == "given":
        what = f"{event.name} is the one that the exercise gives"
        return f"{where}there is no module {module} here; {what}. It costs nothing."
    if event.kind == "missing":
        return f"{where}{module} has no {event.name}; it costs nothing where nothing uses it."
    if event.kind == "absent":
        there = exists(module)
        what = f"the module {module} cannot be used" if there else f"there is no module {module}"
        many = "s" if len(event.lines) > 1 else ""
        lines = ", ".join(map(str, event.lines))
        skipped = f" Line{many} {lines} could not use it." if lines else ""
        return f"{where}{what} here; it costs nothing where nothing uses it.{skipped}"
    if event.kind == "stopped":
        names = _names(event)
        lost = f" {names} not defined." if names else ""
        return (
            f"{where}while the file was being loaded, it {event.reason}. This statement, and what"
            f" behind it only runs, was skipped; it costs nothing.{lost}"
        )
    if event.first and not event.defines:
        return f"{where}{event.reason}. The rest of your test code was skipped; it costs nothing."
    names = _names(event)
    if not names:
        return f"{where}{event.reason}. It costs nothing."
    rest = " The rest of your test code was skipped." if event.first else ""
    return f"{where}{event.reason}. So {names} not defined.{rest}"


def _names(event: LoadEvent) -> str:
    shown = ", ".join(event.defines[:3])
    return f"{shown} {'is' if len(event.defines) == 1 else 'are'}" if shown else ""
