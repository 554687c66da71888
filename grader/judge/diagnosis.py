"""Room: naming the mistake: which known one would have done all that the student's code did.

A problem's ``checks.py`` says how to look at the student's code (:func:`aspect`), its
``diagnoses.py`` what known mistakes would have produced from the same inputs (:func:`mistake`).
A mistake is named if it predicts everything that was seen of an aspect, what was right included,
and if something that was seen is wrong. Where none does, :mod:`grader.judge.difference` says what
can be said.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.judge.facts import Facts
from grader.judge.seen import Raised, Seen, same
from grader.report import Diagnosis
from grader.sandbox.trace import StudentError

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

    def told(self, values: Values) -> Text:
        """What is said of the mistake, with these values."""
        return self.text.format(values) if values else self.text


class Telltale(msgspec.Struct, frozen=True):
    """A known mistake that shows in names and exceptions rather than in values.

    Attributes:
        group: Of the checks that it makes fail; empty if the file cannot be loaded because of it.
        tells: Whether the facts give it away: False, True, or values to be put into the texts.
    """

    id: str
    group: str
    text: Text
    tells: Callable[[Facts], bool | dict[str, str]]


class Rules(msgspec.Struct):
    """The known mistakes of a problem, in order: the simpler one first."""

    mistakes: list[Mistake] = msgspec.field(default_factory=list)
    telltales: list[Telltale] = msgspec.field(default_factory=list)

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

        def register(tells: Callable[[Facts], Any]) -> Callable[[Facts], Any]:
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


class Explanation(msgspec.Struct, frozen=True):
    """A diagnosis, and the exceptions that come of the mistake."""

    diagnosis: Diagnosis
    raised: tuple[StudentError, ...] = ()


def explain(
    aspect: Aspect,
    look: Look,
    cases: Iterable[Any],
    rules: Rules,
    failing: Collection[str],
    again: Look,
) -> Explanation | None:
    """Name the mistake that explains an aspect; None if nothing is wrong with it.

    Args:
        look: Looks at the student's code.
        cases: What to look at.
        failing: The groups that lost points.
        again: Looks anew, with other random numbers.
    """
    group = next(group for group in aspect.groups if group in failing)
    shown = [(case, found) for case in cases if (found := look(case)) is not None]
    seen = [found for _, found in shown]
    wrong = [(case, found) for case, found in shown if not found.is_right]
    if not wrong:
        return None
    # That something fails is no evidence for one mistake: a value has to be predicted.
    telling = any(found.raised is None for _, found in wrong)
    fitting = _fitting(rules.of(aspect.id), seen) if telling else []
    for case in aspect.more:
        if len({mistake.id for mistake, _ in fitting}) < 2:
            break
        if (found := look(case)) is not None:
            seen.append(found)
            fitting = [(m, values) for m, values in fitting if m.predicts(found, values)]
    if fitting:
        mistake, values = fitting[0]
        named = _diagnosis(mistake.id, group, mistake.told(values), _confidence(seen))
        return Explanation(named, tuple(s.raised for s in seen if s.raised is not None))
    from grader.judge.difference import describe

    case, _ = wrong[0]
    described = describe(aspect.noun, seen, lambda: again(case))
    if described is None:
        return None
    kind, *words = described
    return Explanation(_diagnosis(f"{aspect.id}-{kind}", group, Text(*words), 0.5))


def _fitting(known: Iterable[Mistake], seen: Sequence[Seen]) -> list[tuple[Mistake, Values]]:
    """The mistakes that predict all that was seen, with the values under which they do."""
    return [
        (mistake, values)
        for mistake in known
        for values in mistake.each
        if all(mistake.predicts(found, values) for found in seen)
    ]


def recognize(facts: Facts, rules: Rules) -> list[Diagnosis]:
    """Name the mistakes that names and exceptions give away."""
    found = []
    for telltale in rules.telltales:
        loaded = bool(facts.failing)
        if telltale.group not in facts.failing if loaded else telltale.group:
            continue
        told = telltale.tells(facts)
        if told:
            text = telltale.text.format(told) if isinstance(told, dict) else telltale.text
            found.append(_diagnosis(telltale.id, telltale.group, text, 1.0))
    return found


def _confidence(seen: Sequence[Seen]) -> float:
    """Grows with the number of wrong values that were predicted: one 0.5, two 0.75, ..."""
    wrong = sum(not found.is_right for found in seen)
    return round(1 - 0.5**wrong, 3)


def _diagnosis(name: str, group: str, text: Text, confidence: float) -> Diagnosis:
    return Diagnosis(name, group, text.title, text.hint, confidence, text.why, text.stronger)
