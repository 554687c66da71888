"""Picks the known mistake that would have done all that the student's code did.

A mistake is named if it predicts everything that was seen of an aspect, what was right included,
and if something that was seen is wrong. One that predicts all that is wrong, but not what is right,
is named with the condition that separates the two (:mod:`grader.diagnosis.conditions`); else two
are tried together (:mod:`grader.diagnosis.two_mistakes`). Where none does, what can be said without
a rule is said (:mod:`grader.diagnosis.numeric.describe`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from grader.checks.misconceptions import Aspect, Look, Mistake, Rules, Text, Values
from grader.checks.observation import Seen
from grader.diagnosis.conditions import only, separating
from grader.diagnosis.facts import Facts
from grader.model.report import Diagnosis
from grader.remote.steps import StudentError


class Explanation(msgspec.Struct, frozen=True):
    """A diagnosis, and the exceptions that come of the mistake.

    Attributes:
        whole: Whether one known mistake explains all that was seen.
    """

    diagnosis: Diagnosis
    raised: tuple[StudentError, ...] = ()
    whole: bool = False


def explain(
    aspect: Aspect,
    look: Look,
    cases: Iterable[Any],
    rules: Rules,
    failing: Collection[str],
    again: Look,
) -> list[Explanation]:
    """Name the mistake that explains an aspect, or the two that do; nothing if all is right.

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
        return []
    # That something fails is no evidence for one mistake: a value has to be predicted.
    telling = any(found.raised is None for _, found in wrong)
    known = rules.of(aspect.id) if telling else []
    fitting = _fitting(known, seen)
    for case in aspect.more:
        if len({mistake.id for mistake, _ in fitting}) < 2:
            break
        if (found := look(case)) is not None:
            seen.append(found)
            fitting = [(m, values) for m, values in fitting if m.predicts(found, values)]
    raised = tuple(found.raised for found in seen if found.raised is not None)

    def named(name: str, text: Text, *, whole: bool = False) -> Explanation:
        return Explanation(_diagnosis(name, group, text, _confidence(seen)), raised, whole)

    if fitting:
        mistake, values = fitting[0]
        return [named(mistake.id, mistake.told(values), whole=True)]
    if (somewhere := _fitting_somewhere(known, seen)) is not None:
        mistake, values, condition = somewhere
        text = mistake.told(values)
        return [named(mistake.id, replace(text, title=only(text.title, condition)))]
    from grader.diagnosis.numeric.describe import describe
    from grader.diagnosis.two_mistakes import two_together

    case, _ = wrong[0]
    described = describe(aspect.noun, seen, lambda: again(case))
    if described is None or described[0] in VAGUE:
        pair = two_together(aspect.noun, known, seen, rules.formulas.get(aspect.id))
        if pair is not None:
            return [named(name or f"{aspect.id}-scaled", text) for name, text in pair]
    if described is None:
        return []
    kind, *words = described
    return [Explanation(_diagnosis(f"{aspect.id}-{kind}", group, Text(*words), 0.5))]


VAGUE = {"formula", "length", "part", "cut", "places", "only-where", "large", "tiny"} | {
    f"{which}{line}"
    for which in ("first-", "last-", "not-first-", "not-last-")
    for line in ("row", "column")
}
"""Kinds of descriptions that leave open how the numbers came about: two mistakes say more."""

_SWEEPING = re.compile(r"\b(always|every|never|whatever|each time)\b")


def _fitting_somewhere(
    known: Iterable[Mistake], seen: Sequence[Seen]
) -> tuple[Mistake, Values, str] | None:
    """A mistake that predicts all that is wrong, and the condition under which it is made.

    Where it predicts something else than what came, that is right, and the condition must be
    another one there.
    """
    wrong = [found for found in seen if not found.is_right]
    right = [found for found in seen if found.is_right]
    numbers = all(isinstance(found.yours, np.ndarray) for found in wrong)
    if not right or not numbers:
        return None
    for mistake in known:
        for values in mistake.each:
            if not all(mistake.predicts(found, values) for found in wrong):
                continue
            if mistake.echoes(wrong[0], values):
                continue
            against = [found for found in right if not mistake.predicts(found, values)]
            condition = separating(wrong, against)
            if condition and not _SWEEPING.search(mistake.told(values).title):
                return mistake, values, condition
    return None


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
