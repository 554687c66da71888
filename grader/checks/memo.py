"""What is done to a submission once, and looked at by several checks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from grader.remote.steps import Invocation, Step, StudentError
from grader.remote.student import Student
from grader.sandbox.failures import WorkerFailure

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class _Kept:
    """What came of something that was done once."""

    made: Any
    error: BaseException | None
    steps: list[Step]

    @cached_property
    def asked(self) -> frozenset[str]:
        """The functions that it called: every check that asks for it has called them."""
        return frozenset(step.function for step in self.steps if isinstance(step, Invocation))

    def value(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.made


def _attempt(make: Callable[[], Any], steps: list[Step]) -> _Kept:
    try:
        return _Kept(make(), None, steps)
    except (StudentError, WorkerFailure) as error:
        return _Kept(None, error, steps)


class Once:
    """Makes a value once per submission, and gives it to every check that asks.

    What is made is made on its own: the random state before and after does not depend on who
    asks first, or on whether somebody has asked before. Failures are kept as well, and so is
    what was done: a check that fails on a shared value shows the steps that led to it.
    """

    def __init__(self, student: Student) -> None:
        self._student = student
        self._kept: dict[Hashable, _Kept] = {}
        self._begun: set[Hashable] = set()
        self._made_together: set[Hashable] = set()

    def forget(self) -> None:
        """Begin with another submission."""
        self._kept.clear()
        self._begun.clear()
        self._made_together.clear()

    def __call__(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives for ``key``, from now on without calling it again.

        Raises:
            StudentError, WorkerFailure: As ``make`` did.
        """
        kept = self._kept.get(key)
        if kept is None:
            with self._student.aside() as steps:
                kept = self._kept[key] = _attempt(make, steps)
        self._student.recall(kept.steps, kept.asked)
        return kept.value()

    def fact(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """As a call, for what is no part of a check: it leaves no steps and disturbs nothing."""
        kept = self._kept.get(key)
        if kept is None:
            with self._student.unnoticed():
                kept = self._kept[key] = _attempt(make, [])
        return kept.value()

    def each(
        self, name: str, keys: Sequence[Key], make: Callable[[Key], Any]
    ) -> Callable[[Key], Any]:
        """Return a function that gives ``make(key)``, made once.

        The first is made alone. With the next, all of ``keys`` are made in one message; so
        ``make`` may only use ``student.program()``, whose answers come later. If that message
        brings the worker down, each is made alone after all, and the one that does it is found.
        """

        def get(key: Key) -> Any:
            if (name, key) not in self._kept:
                if name in self._begun and key in keys:
                    self._make_together(name, keys, make)
                self._begun.add(name)
            return self((name, key), lambda: make(key))

        return get

    def _make_together(self, name: str, keys: Sequence[Key], make: Callable[[Key], Any]) -> None:
        if name in self._made_together or not self._student.untouched:
            return  # a check that has made objects would lose them with the worker
        self._made_together.add(name)
        made: dict[Hashable, _Kept] = {}
        try:
            with self._student.together():
                for key in keys:
                    if (name, key) not in self._kept:
                        with self._student.aside() as steps:
                            made[name, key] = _Kept(make(key), None, steps)
        except WorkerFailure:
            recalled = self._student.trace
            self._student.begin()
            self._student.recall(recalled, frozenset())
        else:
            self._kept.update(made)


def each_alone(
    student: Student, looks: Iterable[tuple[str, Callable[[], Any]]]
) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of each look; a failure shows the steps of its own look alone.

    Args:
        looks: Names, and functions that ask the student's code, or what it has answered.
    """
    for name, look in looks:
        start = len(student.trace)
        yield name, look()
        del student.trace[start:]
