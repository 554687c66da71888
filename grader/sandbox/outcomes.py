"""The form that a worker's outcomes must have, and how much of an exception is kept."""

from __future__ import annotations

from typing import Any

from grader.sandbox.codec import ProtocolError

MAX_MESSAGE = 4000
MAX_FRAMES = 12
MAX_FUNCTION = 100
"""Of an exception: characters of its message, frames, and characters of a name."""


def checked(outcomes: Any, count: int) -> list[Any]:
    """Return ``outcomes`` if they have the form that the judge relies on."""
    if type(outcomes) is not list or len(outcomes) != count:
        raise ProtocolError("not one outcome for each operation")
    for outcome in outcomes:
        if type(outcome) is not list or not outcome:
            raise ProtocolError("outcome")
        if outcome[0] == "ok" and len(outcome) == 2:
            continue
        if outcome[0] != "raised" or len(outcome) != 5:
            raise ProtocolError("outcome")
        _, name, message, frames, detail = outcome
        if (type(name), type(message), type(frames), type(detail)) != (str, str, list, dict):
            raise ProtocolError("exception")
        for frame in frames:
            if type(frame) is not list or [type(item) for item in frame] != [int, str]:
                raise ProtocolError("frame")
        frames = [[line, function[:MAX_FUNCTION]] for line, function in frames[-MAX_FRAMES:]]
        detail = {key: _short(value) for key, value in list(detail.items())[:MAX_FRAMES]}
        outcome[1:] = [name[:MAX_FUNCTION], message[:MAX_MESSAGE], frames, detail]
    return outcomes


def _short(value: Any) -> Any:
    """A detail of an exception, which is a number, a text or None."""
    if type(value) is str:
        return value[:MAX_MESSAGE]
    return value if type(value) is int else None
