"""Room: known mistakes whose texts leave open what things are called."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.judge.affine.names import Names
from grader.judge.diagnosis import Mistake, Predicts, Text, Unknown

Array = np.ndarray[Any, Any]

Given = types.SimpleNamespace
"""What a prediction may use: what :func:`grader.judge.affine.looks` gives, and more."""


class Catalogue:
    """The known mistakes in one aspect, in order: the simpler one first.

    Texts hold the words of :class:`grader.judge.affine.Names` in braces.
    """

    def __init__(self, aspect: str) -> None:
        self.aspect = aspect
        self._entries: list[tuple[str, str, Text, Predicts]] = []

    def mistake(
        self, title: str, *, why: str, hint: str, stronger: str, only: str = ""
    ) -> Callable[[Predicts], Predicts]:
        """Register the decorated function as the prediction of a mistake named after it.

        Args:
            only: What has to be settled for it to be a mistake (``Names.settled``).
        """

        def register(predict: Predicts) -> Predicts:
            self.add(predict.__name__, Text(title, why, hint, stronger), predict, only)
            return predict

        return register

    def add(self, name: str, text: Text, predict: Predicts, only: str = "") -> None:
        """Register a mistake called ``name``, in words joined by underscores."""
        self._entries.append((name.replace("_", "-"), only, text, predict))

    def under(self, names: Names) -> Iterator[Mistake]:
        """The mistakes that these are under the conventions of a problem, in its words."""
        for name, only, text, predict in self._entries:
            if not only or only in names.settled:
                parts = (text.title, text.why, text.hint, text.stronger)
                yield Mistake(name, self.aspect, Text(*map(names.fill, parts)), predict)


def array(s: Given, name: str) -> Array:
    """An array that the student's code gave; without one there is nothing to predict.

    Raises:
        Unknown: The aspect does not show it, or it is no array.
    """
    value = getattr(s, name, None)
    if not isinstance(value, np.ndarray):
        raise Unknown
    return value
