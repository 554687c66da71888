"""The calls of an optimizer's update, sorted by the parameter that each of them is about.

A parameter is recognised by its numbers, and so is what update returned for it: the next call may
be about that. Each array is looked up, not compared with all before it, so that the work grows
with the calls and not with their square.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from grader.remote.exposures import ExposureCall
from grader.remote.student import Student

Found = tuple[ExposureCall, Any, bool]
Key = tuple[int, bytes]
_SHORT = 512
"""Bytes of an array that are as quickly compared as a digest of them is made."""


def weights_turned(student: Student) -> bool:
    """Whether a submission keeps its weights with a row for each unit."""
    return "W" in student.liberties.turned


class Updates:
    """Calls of an optimizer's update, sorted by the parameter that they are about.

    Args:
        calls: As an exposed optimizer keeps them; more may come until the first is asked for.
        starts: All the parameters that there were: what is called first with one of them is about
            that one, whatever its gradient looks like.
        turned: Whether weights are kept with a row for each unit; they, their gradients and the
            results are then turned round.
    """

    def __init__(
        self, calls: Sequence[ExposureCall], starts: Iterable[Any] = (), *, turned: bool = False
    ) -> None:
        self.calls = calls
        self._starts = tuple(starts)
        self._turned = turned
        self._found: dict[int, tuple[Any, list[Found]]] = {}
        self._keys: dict[int, tuple[Key | None, ...]] = {}

    def of(self, start: Any) -> list[Found]:
        """Return (call, gradient, swapped) for each update of the parameter that was ``start``."""
        if id(start) not in self._found:
            self._found[id(start)] = start, self._find(start)
        return self._found[id(start)][1]

    def _find(self, start: Any) -> list[Found]:
        known, found = {self._key_of(start)} - {None}, list[Found]()
        starts = self._start_keys
        for call in self.calls:
            if len(call.values) != 2:
                continue
            first, second, result = self._keys_of(call)
            if first in known:
                laid = _laid(call, call.values[0], start) if self._turned else call
                found.append((laid, laid.values[1], False))
            elif second in known and first not in starts:
                laid = _laid(call, call.values[1], start) if self._turned else call
                found.append((laid, laid.values[0], True))
            else:
                continue
            if result is not None:
                known.add(result)
        return found

    @cached_property
    def _start_keys(self) -> set[Key | None]:
        return {self._key_of(each) for each in self._starts} - {None}

    def _key_of(self, start: Any) -> Key | None:
        return numbers_of(np.transpose(start) if self._turned else start)

    def _keys_of(self, call: ExposureCall) -> tuple[Key | None, ...]:
        keys = self._keys.get(id(call))
        if keys is None:
            values = (*call.values, call.result)
            keys = self._keys[id(call)] = tuple(numbers_of(value) for value in values)
        return keys


class Waiting:
    """Calls of an optimizer's update that belong to no step yet, by their first arguments.

    Args:
        calls: As an exposed optimizer keeps them.
        turned: As of :class:`Updates`.
    """

    def __init__(self, calls: Iterable[ExposureCall], *, turned: bool = False) -> None:
        self._turned = turned
        self._calls: dict[Key | None, deque[ExposureCall]] = defaultdict(deque)
        for call in calls:
            if len(call.values) == 2:
                self._calls[numbers_of(call.values[0])].append(call)

    def take(self, start: Any, *later: Any) -> ExposureCall | None:
        """Take away and return the first call that is about a parameter; None without one.

        Args:
            start: What the parameter was before the step.
            later: What it was before each step after that. Where steps left it as it was, and
                there are not calls enough for all of them, this one is taken to have gone without.
        """
        kept, *others = map(np.transpose, (start, *later)) if self._turned else (start, *later)
        key = numbers_of(kept)
        sharing = sum(numbers_of(other) == key for other in others)
        if key is None or len(self._calls[key]) <= sharing:
            return None
        call = self._calls[key].popleft()
        return _laid(call, call.values[0], start) if self._turned else call

    @property
    def spare(self) -> list[ExposureCall]:
        """What nothing has taken."""
        return [call for calls in self._calls.values() for call in calls]


def _laid(call: ExposureCall, kept: Any, start: Any) -> ExposureCall:
    """A call of update for weights that are kept the other way round, as for those of ``start``."""
    shape = np.shape(start)
    if np.shape(kept) != shape[::-1] or (np.shape(kept) == shape and shape[0] != shape[-1]):
        return call
    values = [np.transpose(value) for value in call.values]
    return ExposureCall(call.number, call.method, values, np.transpose(call.result))


def same_numbers(one: Any, other: Any) -> bool:
    """Whether two arrays hold the same numbers, whichever way round a row is stored."""
    key = numbers_of(one)
    return key is not None and key == numbers_of(other)


def numbers_of(value: Any) -> Key | None:
    """What two arrays share that hold the same numbers in the same order, in whatever shape.

    None for what is no array of numbers, and for one with a NaN in it, which equals nothing.
    """
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in "biufc":
        return None
    if value.dtype.kind == "c" and not np.any(value.imag):
        value = value.real
    wide = np.complex128 if value.dtype.kind == "c" else np.float64
    plain = value.astype(wide, copy=False) + 0.0  # which has no -0.0
    if np.isnan(plain).any():
        return None
    data = plain.tobytes()
    short = len(data) <= _SHORT
    return plain.size, data if short else hashlib.blake2b(data, digest_size=16).digest()
