"""What calls of a submission's code leave behind: in their arguments, in NumPy, in earlier answers.

Part of the worker. A file that owns this process can have it say that there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from numpy import geterr, ndarray
from numpy.random import get_state

ARGUMENT, GENERATOR, ERRORS, RETURNED = "argument", "generator", "errors", "returned"


class Leftovers:
    """Watches calls, and remembers what each has changed that is not its own."""

    def __init__(self) -> None:
        self._found: list[list[str]] = []
        self._returned: list[tuple[str, ndarray[Any, Any], bytes]] = []

    def call(
        self, name: str, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call a function, and watch it."""
        given = [(each, each.tobytes()) for each in _arrays([*args, *kwargs.values()])]
        before = _numpy()
        try:
            result = function(*args, **kwargs)
        finally:
            changed = [ARGUMENT] if any(each.tobytes() != was for each, was in given) else []
            now = _numpy()
            changed += [what for what in now if now[what] != before[what]]
            self._found += [[name, what] for what in changed]
        self._returned += [(name, each, each.tobytes()) for each in _arrays(result)]
        return result

    def found(self) -> list[list[str]]:
        """``[name of the function, what]`` for each change, what was returned among it."""
        later = [[name, RETURNED] for name, each, was in self._returned if each.tobytes() != was]
        return [*self._found, *later]


def _arrays(value: Any) -> Iterator[ndarray[Any, Any]]:
    """The arrays in a value, or in a list, tuple or dictionary."""
    parts = list(value.values()) if type(value) is dict else value
    for part in parts if type(parts) in (list, tuple) else (parts,):
        if type(part) is ndarray and part.dtype.kind in "biufc":
            yield part


def _numpy() -> dict[str, Any]:
    state: Any = get_state()
    _, key, place, *rest = state
    return {GENERATOR: (place, key.tobytes(), *rest), ERRORS: geterr()}
