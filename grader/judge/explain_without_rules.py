"""Mistakes that a file for any problem may have, told by its names and by what it raises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from grader.checks.misconceptions import Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic import entry_lookup, missing_names, runtime_errors, signatures
from grader.diagnosis.generic.absent_modules import built_on
from grader.diagnosis.generic.class_state import kept_on_the_class as _kept_on_the_class
from grader.diagnosis.generic.load_errors import unloadable
from grader.diagnosis.generic.signatures import Rule
from grader.judge.outcomes import Outcome, Trial, cause_of
from grader.model.report import Diagnosis
from grader.remote.load_events import LoadEvent
from grader.remote.steps import StudentError

CERTAIN: tuple[Rule, ...] = (*signatures.RULES, *missing_names.RULES)


def certain(facts: Facts, named: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Name what names give away, besides what is named already: nothing else can be meant."""
    if not facts.failing:
        told = unloadable(facts) if not named else None
        return [] if told is None else [_diagnosis("", told, 1.0)]
    found = _from_errors(facts, named, CERTAIN, 1.0)
    groups = {diagnosis.group for diagnosis in (*named, *found)}
    for group, names in facts.misnamed:
        if group not in groups:
            found.append(_diagnosis(group, missing_names.renamed(facts, names), 1.0))
            groups.add(group)
    for group, called in facts.unwritten:
        told = signatures.nothing_written(facts, called)
        if told is not None and group not in groups and group in facts.failing:
            found.append(_diagnosis(group, told, 1.0))
            groups.add(group)
    for group, method in dict.fromkeys(facts.called):
        told = signatures.absent(facts, method)
        if told is not None and group not in groups:
            found.append(_diagnosis(group, told, 1.0))
            groups.add(group)
    return found


def replaced_class(facts: Facts) -> Diagnosis | None:
    """Say that a second class of the name has taken the place of the one that is meant.

    All else that is wrong comes of it.
    """
    told = entry_lookup.replaced(facts) if facts.failing else None
    return None if told is None else _diagnosis("", told, 1.0)


def foreign_interface(facts: Facts) -> Diagnosis | None:
    """Say that the class has the methods of a library's, and hardly any of the statement's."""
    told = signatures.foreign(facts) if facts.failing else None
    if told is None:
        return None
    shown = [facts.raised_in[cause_of(error)] for _, error in facts.errors]
    return _diagnosis("", told, 1.0, tuple(dict.fromkeys(shown)))


def kept_on_the_class(facts: Facts, named: Sequence[Diagnosis]) -> Diagnosis | None:
    """What is kept on the class, in the first group that fails and in which nothing is named."""
    told = _kept_on_the_class(facts)
    groups = {diagnosis.group for diagnosis in named}
    free = [group for group, _ in facts.called if group not in groups]
    return None if told is None or not free else _diagnosis(free[0], told, 1.0)


def likely(
    facts: Facts, named: Sequence[Diagnosis], explained: Iterable[StudentError]
) -> list[Diagnosis]:
    """Say what an exception means where no mistake is named that explains it.

    Args:
        explained: Exceptions that are known to come of the mistakes that are named.
    """
    return _from_errors(facts, named, runtime_errors.RULES, 0.5, explained)


def built_on_absent(
    trial: Trial, entry: str, events: Sequence[LoadEvent], named: Sequence[Diagnosis]
) -> list[Diagnosis]:
    """Say first that the class is built on what is not there, if most of it fails."""
    based = [e for e in events if e.kind == "based" and entry in e.defines]
    lost = [o.check.group for o in trial.outcomes if o.error is not None or o.skipped]
    if not based or 2 * len(lost) < len(trial.outcomes):
        return list(named)
    told = built_on(entry, based[0].name, based[0].module, based[0].line)
    return [_diagnosis(lost[0], told, 1.0), *(each for each in named if each.id != told.id)]


def settled(trial: Trial, named: Sequence[Diagnosis]) -> frozenset[str]:
    """The groups in which nothing is left to explain.

    An exception is explained, wherever it shows, by what is named in the first group in which it
    does. Where a mistake is named without any, by names alone, it explains the group.
    """
    groups = {diagnosis.group for diagnosis in named}
    raised = [o for o in trial.outcomes if isinstance(o.error, StudentError)]
    known = {cause_of(outcome.error) for outcome in raised if outcome.check.group in groups}
    by_names = groups - {outcome.check.group for outcome in raised}
    left = [
        outcome.check.group
        for outcome in trial.outcomes
        if outcome.error is not None and cause_of(outcome.error) not in known
    ]
    return frozenset(by_names | trial.failing.difference(left))


def _from_errors(
    facts: Facts,
    named: Sequence[Diagnosis],
    rules: Iterable[Rule],
    confidence: float,
    explained: Iterable[StudentError] = (),
) -> list[Diagnosis]:
    """What the rules say of each exception that is not explained yet."""
    groups = {diagnosis.group for diagnosis in named}
    known = {cause_of(error) for group, error in facts.errors if group in groups}
    known |= {cause_of(error) for error in explained}
    found: list[Diagnosis] = []
    for group, error in facts.errors:
        cause = cause_of(error)
        if cause in known:
            continue
        told = next((told for rule in rules if (told := rule(facts, error))), None)
        again = told is not None and any(_same(told, each) for each in found)
        if told is not None and (again or group not in groups):
            check = facts.raised_in[cause]
            found.append(_diagnosis(group, told, confidence, (check,)))
            groups.add(group)
            known.add(cause)
    return found


def _same(told: Told, named: Diagnosis) -> bool:
    return (told.id, told.text.title) == (named.id, named.title)


def in_order(trial: Trial, named: Iterable[Diagnosis], order: Sequence[str]) -> list[Diagnosis]:
    """Each thing once, in the order of the groups; before all what ends checks of other groups.

    Where one exception makes most checks impossible, nothing is worth reading before it.
    """
    same: dict[tuple[str, str], list[Diagnosis]] = {}
    for each in named:
        same.setdefault((each.id, each.title), []).append(each)
    once = [
        replace(first, checks=tuple(chain(first.checks, *(each.checks for each in rest))))
        for first, *rest in same.values()
    ]
    raised = [(o.check, cause_of(o.error)) for o in trial.outcomes if _is_raised(o)]
    causes = {check.id: cause for check, cause in raised}

    def reach(diagnosis: Diagnosis) -> int:
        """In how many other groups the exceptions that it explains have ended checks."""
        own = {causes[check] for check in diagnosis.checks}
        return len({check.group for check, cause in raised if cause in own} - {diagnosis.group})

    def place(diagnosis: Diagnosis) -> int:
        return order.index(diagnosis.group) if diagnosis.group in order else -1

    return sorted(sorted(once, key=place), key=reach, reverse=True)


def _is_raised(outcome: Outcome) -> bool:
    return isinstance(outcome.error, StudentError)


def _diagnosis(
    group: str, told: Told, confidence: float, checks: tuple[str, ...] = ()
) -> Diagnosis:
    title, why, hint, stronger = told.text.title, told.text.why, told.text.hint, told.text.stronger
    return Diagnosis(told.id, group, title, hint, confidence, why, stronger, checks)
