"""Picks the known mistake that would have done all that the student's code did.

A mistake is named if it predicts everything that was seen of an aspect, what was right included,
and if something that was seen is wrong. Where none does, what can be said without a rule is said
(:mod:`grader.diagnosis.numeric.describe`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from grader.checks.misconceptions import Aspect, Look, Mistake, Rules, Text, Values
from grader.checks.observation import Seen
from grader.diagnosis.facts import Facts
from grader.model.report import Diagnosis
from grader.remote.steps import StudentError


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
    from grader.diagnosis.numeric.describe import describe

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
