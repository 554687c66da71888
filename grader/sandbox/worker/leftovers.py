"""What calls of a submission's code leave behind: in their arguments, in NumPy, in earlier answers.

Part of the worker. A file that owns this process can have it say that there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from numpy import asarray, geterr, ndarray
from numpy.random import MT19937, get_state
from numpy.random.mtrand import get_bit_generator

ARGUMENT, GENERATOR, ERRORS, RETURNED = "argument", "generator", "errors", "returned"


class Leftovers:
    """Watches calls, and remembers what each has changed that is not its own."""

    def __init__(self) -> None:
        self._found: list[list[str]] = []
        self._returned: list[tuple[str, ndarray[Any, Any], bytes]] = []
        self._generator = _Generator()

    def call(
        self, name: str, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call a function, and watch it."""
        given = [(each, each.tobytes()) for each in _arrays([*args, *kwargs.values()])]
        self._generator.is_as_it_was()
        errors = geterr()
        try:
            result = function(*args, **kwargs)
        finally:
            changed = [ARGUMENT] if any(each.tobytes() != was for each, was in given) else []
            changed += [] if self._generator.is_as_it_was() else [GENERATOR]
            changed += [] if geterr() == errors else [ERRORS]
            self._found += [[name, what] for what in changed]
        self._returned += [(name, each, each.tobytes()) for each in _arrays(result)]
        return result

    def found(self) -> list[list[str]]:
        """``[name of the function, what]`` for each change, what was returned among it."""
        later = [[name, RETURNED] for name, each, was in self._returned if each.tobytes() != was]
        return [*self._found, *later]


def _arrays(value: Any, deep: int = 3) -> Iterator[ndarray[Any, Any]]:
    """The arrays in a value, or in lists, tuples and dictionaries, which may be in each other."""
    parts = list(value.values()) if type(value) is dict else value
    for part in parts if type(parts) in (list, tuple) else (parts,):
        if type(part) is ndarray and part.dtype.kind in "biufc":
            yield part
        elif deep and type(part) in (list, tuple, dict):
            yield from _arrays(part, deep - 1)


class _Generator:
    """NumPy's global generator, looked at in its memory: `get_state` takes a hundred times longer.

    `numpy.random.MT19937` keeps 624 words and a position, of 32 bits each, at `state_address`. A
    normal number that is left over from a pair is kept elsewhere; only `get_state` shows it.
    """

    def __init__(self) -> None:
        self._bits: Any = None
        self._words, self._left_over = b"", (0, 0.0)
        self.is_as_it_was()

    def is_as_it_was(self) -> bool:
        """Whether nobody has drawn or seeded since this was last asked."""
        before = self._words, self._left_over
        bits: Any = get_bit_generator()
        if bits is not self._bits:
            self._bits = bits
            self._memory = asarray(_Memory(bits)) if type(bits) is MT19937 else None
        if self._memory is None:
            self._words = repr(get_state(legacy=False)).encode()
        else:
            self._words = self._memory.tobytes()
            if self._words != before[0] or self._left_over[0]:
                state: Any = get_state(legacy=False)
                self._left_over = state["has_gauss"], state["gauss"]
        return before == (self._words, self._left_over)


class _Memory:
    """Where an MT19937 keeps its words, as `numpy.asarray` takes it."""

    def __init__(self, bits: Any) -> None:
        place = (bits.ctypes.state_address, True)  # to be read only
        self.__array_interface__ = {"version": 3, "data": place, "shape": (625,), "typestr": "=u4"}
