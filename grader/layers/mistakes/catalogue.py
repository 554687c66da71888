"""Known mistakes whose texts leave open what things are called."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from grader.checks.misconceptions import Mistake, Text, Unknown, Values
from grader.layers.vocabulary import Names

Array = np.ndarray[Any, Any]

Given = types.SimpleNamespace
"""What a prediction may use: what :func:`grader.layers.looks` gives, and more."""


class Catalogue:
    """The known mistakes in one aspect, in order: the simpler one first.

    Texts hold the words of :class:`grader.layers.Names` in braces, and in double braces the
    values in which a mistake differs (``each`` of :class:`~grader.checks.misconceptions.Mistake`).
    """

    def __init__(self, aspect: str) -> None:
        self.aspect = aspect
        self._entries: list[tuple[str, Mistake]] = []

    def mistake(
        self,
        title: str,
        *,
        why: str,
        hint: str,
        stronger: str,
        only: str = "",
        each: Sequence[Values] = ({},),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as the prediction of a mistake named after it.

        Args:
            only: What has to be settled for it to be a mistake (``Names.settled``).
        """

        def register(predict: Callable[..., Any]) -> Callable[..., Any]:
            self.add(predict.__name__, Text(title, why, hint, stronger), predict, only, each)
            return predict

        return register

    def add(
        self,
        name: str,
        text: Text,
        predict: Callable[..., Any],
        only: str = "",
        each: Sequence[Values] = ({},),
    ) -> None:
        """Register a mistake called ``name``, in words joined by underscores."""
        known = Mistake(name.replace("_", "-"), self.aspect, text, predict, tuple(each), True)
        self._entries.append((only, known))

    def under(self, names: Names) -> Iterator[Mistake]:
        """The mistakes that these are under the conventions of a problem, in its words."""
        for only, known in self._entries:
            if not only or only in names.settled:
                text = known.text
                parts = (text.title, text.why, text.hint, text.stronger)
                yield replace(known, text=Text(*map(names.fill, parts)))


def array(s: Given, name: str) -> Array:
    """An array that the student's code gave; without one there is nothing to predict.

    Raises:
        Unknown: The aspect does not show it, or it is no array.
    """
    value = getattr(s, name, None)
    if not isinstance(value, np.ndarray):
        raise Unknown
    return value
