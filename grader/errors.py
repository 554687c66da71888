"""What can go wrong outside a submission, and whose fault it is.

A mistake in a submission is never an exception here: it is a result in a report. The tree::

    GraderError
    ├── UsageError     the person at the command line (exit 2)
    ├── ProblemError   the problem package, with path:line (exit 3)
    └── Fault          the grader or the machine (exit 4)
        └── Unisolated     submissions could do there what they must not

The command line translates each of them once, at its edge.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from pathlib import Path


class ExitCode(enum.IntEnum):
    """What the process tells its caller; part of the public contract."""

    FULL_MARKS = 0
    BELOW_FULL_MARKS = 1
    WRONG_USAGE = 2
    BROKEN_PROBLEM = 3
    FAULT = 4
    INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class GraderError(Exception):
    """Base of everything that ends a command with a message and without a traceback."""

    exit_code = ExitCode.FAULT


class UsageError(GraderError):
    """The command was given something it cannot work with."""

    exit_code = ExitCode.WRONG_USAGE


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the known one that is most like it, if any.

    A part of a name counts as well: ``bias`` may mean ``bias-gradient``.
    """
    from difflib import get_close_matches

    names: dict[str, str] = {name: name for name in known}
    for name in list(names):
        for part in name.split("-"):
            names.setdefault(part, name)
    alike = get_close_matches(word.lower().replace("_", "-"), names, n=1)
    return f"; did you mean {names[alike[0]]!r}?" if alike else ""


class ProblemError(GraderError):
    """A problem package is broken; ``str()`` gives ``path:line: what is wrong``."""

    exit_code = ExitCode.BROKEN_PROBLEM

    def __init__(self, path: Path | str, line: int | None, what: str) -> None:
        self.path = Path(path)
        self.line = line
        self.what = what
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: {what}")


class Fault(GraderError):
    """The grader or the machine failed; says nothing about the submission."""

    exit_code = ExitCode.FAULT


class Unisolated(Fault):
    """A machine on which something is open to submissions was to grade only if nothing is."""

    def __init__(self, opened: Sequence[str], machine: str = "this machine") -> None:
        self.opened = tuple(opened)
        super().__init__(
            f"submissions are not isolated on {machine} (open: {', '.join(opened)});"
            " 'grader doctor' says there what to do. Grade anyway with --allow-unisolated."
        )
