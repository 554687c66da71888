"""Which lines of the student's file a call executes. Part of the worker."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

# Taken before the first line of a submission runs: one that replaces a builtin changes nothing.
globals().update({name: it for name, it in vars(builtins).items() if not name.startswith("_")})

MAX_FOLLOWED = 50_000
"""Lines that one call may execute, the same one over and over, before :func:`executed` gives up."""


def count(call: Callable[[], Any], filename: str) -> int:
    """Call ``call`` and count the lines of the file that it executes."""
    lines = 0

    def note(line: int) -> bool:
        nonlocal lines
        lines += 1
        return True

    _follow(call, filename, note)
    return lines


def executed(call: Callable[[], Any], filename: str) -> list[int]:
    """Call ``call`` and return which lines of the file it executes, sorted, whatever it raises.

    None at all if they are too many steps to follow: half of them would tell an untrue story.
    """
    lines: set[int] = set()
    left = MAX_FOLLOWED

    def note(line: int) -> bool:
        nonlocal left
        lines.add(line)
        left -= 1
        return left > 0

    with suppress(BaseException):
        _follow(call, filename, note)
    return sorted(lines) if left > 0 else []


def _follow(call: Callable[[], Any], filename: str, note: Callable[[int], bool]) -> None:
    """Call ``call``; tell ``note`` each line of the file until it has enough."""

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != filename:
            return None
        if event == "line" and not note(frame.f_lineno):
            sys.settrace(None)
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
