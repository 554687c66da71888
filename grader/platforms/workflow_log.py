"""Standard output and error as the log of a GitHub workflow, in which some texts are commands."""

from __future__ import annotations

import io
import os
import sys

from grader.model.safe_text import unobeyed


class _Log(io.TextIOWrapper):
    """A stream of which the runner obeys nothing."""

    def write(self, text: str) -> int:
        return super().write(unobeyed(text))


def guard() -> None:
    """In a workflow, have nothing that is printed from now on be a command."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            log = _Log(stream.buffer, stream.encoding, stream.errors, line_buffering=True)
            setattr(sys, name, log)


def command(text: str) -> None:
    """Print lines of ours that the runner is to obey, where there is one."""
    stream = sys.stdout
    if isinstance(stream, _Log):
        io.TextIOWrapper.write(stream, text)
    else:
        stream.write(text)
