"""What authors of problems say of known mistakes: how to look, and what each would have given.

A problem's ``checks.py`` says how to look at the student's code (:func:`aspect`), its
``diagnoses.py`` what known mistakes would have produced from the same inputs
(:meth:`Rules.mistake`), or how names and exceptions give one away (:meth:`Rules.telltale`).
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.checks.observation import Raised, Seen, same

Predicts = Callable[[types.SimpleNamespace], Any]
Values = Mapping[str, Any]
Look = Callable[[Any], Seen | None]

_NOTHING: Values = types.MappingProxyType({})


class Unknown(Exception):
    """Raised by a prediction that has no opinion on what it is given; then it does not fit."""


class Aspect(msgspec.Struct, frozen=True):
    """One kind of value that the student's code gives, and how to look at it.

    Attributes:
        groups: Of the checks that look at it; it is looked at when one of them has failed.
        noun: For sentences: "The bias gradient".
        cases: What to look at; None for every case that hypothesis drew.
        more: Cases to look at if these do not tell two mistakes apart.
        apart: Whether each case is a question of its own, with a mistake of its own; ``{case}`` in
            the noun then stands for it.
    """

    id: str
    groups: tuple[str, ...]
    noun: str
    cases: tuple[Any, ...] | None = None
    more: tuple[Any, ...] = ()
    apart: bool = False

    def about(self, case: Any) -> Aspect:
        """The aspect with one of its cases put into the noun, where that asks for ``{case}``."""
        return replace(self, noun=self.noun.format(case=case))


def aspect(
    name: str,
    *,
    groups: Sequence[str],
    noun: str,
    cases: Sequence[Any] | None = None,
    more: Sequence[Any] = (),
    apart: bool = False,
) -> Any:
    """Mark a function of ``checks.py`` as a way to look at the student's code.

    The function, named ``see_...``, takes fixtures and returns a function from a case to
    :class:`Seen` (or to None, if nothing can be said of that case).
    """
    chosen = None if cases is None else tuple(cases)
    return pytest.mark.aspect(Aspect(name, tuple(groups), noun, chosen, tuple(more), apart))


class Text(msgspec.Struct, frozen=True):
    """What a student is told about a mistake.

    Attributes:
        title: What is wrong, in a sentence.
        why: Why it matters, in a sentence or two.
        hint: Leads without giving the answer away.
        stronger: Leads further; shown on request.
    """

    title: str
    why: str
    hint: str
    stronger: str

    def format(self, values: Mapping[str, Any]) -> Text:
        """Put values into the places that their names have in braces."""
        parts = (self.title, self.why, self.hint, self.stronger)
        return Text(*(part.format(**values) for part in parts))


class Told(msgspec.Struct, frozen=True):
    """A mistake by its name, and what is said about it."""

    id: str
    text: Text


class Mistake(msgspec.Struct, frozen=True):
    """A known mistake: what it would give for an aspect.

    Attributes:
        predict: From what was given to what this mistake makes of it. Where it raises, the
            student's code should have raised the same.
        each: What the mistake can differ in, e.g. by how many decimals are left: the values of
            arguments of ``predict``, which may stand in braces in the texts. All that was seen
            must be explained by the same values.
        shared: Whether it comes with the grader, which proves it on its own problems.
    """

    id: str
    aspect: str
    text: Text
    predict: Callable[..., Any]
    each: tuple[Values, ...] = (_NOTHING,)
    shared: bool = False

    def predicts(self, seen: Seen, values: Values = _NOTHING) -> bool:
        """Whether this is what the mistake would have given."""
        try:
            with np.errstate(all="ignore"):
                predicted = self.predict(seen.given, **values)
        except Unknown:
            return False
        except Exception as error:
            predicted = Raised(type(error).__name__)
        return same(seen.yours, predicted)

    def echoes(self, seen: Seen, values: Values = _NOTHING) -> bool:
        """Whether it gives back the very array that came, of which it only knows some property."""
        try:
            with np.errstate(all="ignore"):
                return self.predict(seen.given, **values) is seen.yours
        except Exception:
            return False

    def told(self, values: Values) -> Text:
        """What is said of the mistake, with these values."""
        return self.text.format(values) if values else self.text


class Telltale(msgspec.Struct, frozen=True):
    """A known mistake that shows in names and exceptions rather than in values.

    Attributes:
        group: Of the checks that it makes fail; empty if the file cannot be loaded because of it.
        tells: Whether the facts (:mod:`grader.diagnosis.facts`) give it away: False, True, or
            values to be put into the texts.
    """

    id: str
    group: str
    text: Text
    tells: Callable[[Any], bool | dict[str, str]]


class Rules(msgspec.Struct):
    """The known mistakes of a problem, in order: the simpler one first.

    Attributes:
        formulas: By aspect, what gives the right value from what predictions may use; with it two
            mistakes are found of which one uses another array in the place of the right one.
        consequences: By mistake, those that are none of their own where it is named: a layer that
            has turned its weights round has to turn its formulas as well.
    """

    mistakes: list[Mistake] = msgspec.field(default_factory=list)
    telltales: list[Telltale] = msgspec.field(default_factory=list)
    formulas: dict[str, Predicts] = msgspec.field(default_factory=dict)
    consequences: dict[str, frozenset[str]] = msgspec.field(default_factory=dict)

    def mistake(
        self,
        aspect: str,
        title: str,
        *,
        why: str,
        hint: str,
        stronger: str,
        each: Sequence[Values] = (_NOTHING,),
    ) -> Any:
        """Register the decorated function as the prediction of a mistake named after it."""

        def register(predict: Callable[..., Any]) -> Callable[..., Any]:
            name = predict.__name__.strip("_").replace("_", "-")
            text = Text(title, why, hint, stronger)
            self.mistakes.append(Mistake(name, aspect, text, predict, tuple(each)))
            return predict

        return register

    def telltale(self, group: str, title: str, *, why: str, hint: str, stronger: str) -> Any:
        """Register the decorated function as what gives a mistake away."""

        def register(tells: Callable[[Any], Any]) -> Callable[[Any], Any]:
            name = tells.__name__.strip("_").replace("_", "-")
            self.telltales.append(Telltale(name, group, Text(title, why, hint, stronger), tells))
            return tells

        return register

    def of(self, aspect: str) -> list[Mistake]:
        """The known mistakes in an aspect."""
        return [mistake for mistake in self.mistakes if mistake.aspect == aspect]

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [m.id for m in self.mistakes] + [t.id for t in self.telltales]
