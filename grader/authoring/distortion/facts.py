"""What is known of a reference's class: its methods, what they take, keep and return."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from grader.authoring.distortion.render import recording, watching
from grader.errors import ProblemError
from grader.grading.pool import Judges
from grader.model.problem import Problem
from grader.model.submission import read_submission, submission_from

_FACT = re.compile(r"^@fact (\[.*\])$", re.M)


@dataclass
class Member:
    """A method of the class.

    Attributes:
        arrays: Arguments that are arrays.
        scalars: Arguments that are numbers.
        dicts: Arguments that are dictionaries.
        flags: Arguments that are true or false, with what they usually are.
        parameters: All arguments.
        keeps: Places of the instance's arrays that it makes or changes, and of numbers, with kinds:
            "array", "whole" or "number".
        had: Those that were there before some call.
        arguments: Those that hold an argument as it is.
        matrices: Places where there are arrays of two axes or more.
        returns: Places of numbers in its result, with their kinds.
        hands: ``attribute.method.number`` of arrays that it hands to objects.
        refuses, accepts: Names by the places where they are given.
        sizes: Sizes that tell its calls apart, each another one.
        factors: Numbers that a value may be multiplied with by mistake.
        draws: Whether it draws from NumPy's global generator.
        of_the_class: Whether it is a class method.
    """

    name: str
    arrays: list[str] = field(default_factory=list)
    scalars: list[str] = field(default_factory=list)
    dicts: list[str] = field(default_factory=list)
    flags: dict[str, bool] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    keeps: dict[str, str] = field(default_factory=dict)
    had: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    matrices: list[str] = field(default_factory=list)
    returns: dict[str, str] = field(default_factory=dict)
    hands: list[str] = field(default_factory=list)
    refuses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    accepts: dict[str, list[str | None]] = field(default_factory=lambda: defaultdict(list))
    sizes: list[str] = field(default_factory=list)
    factors: list[str] = field(default_factory=list)
    draws: bool = False
    of_the_class: bool = False


@dataclass
class Facts:
    """What is known of a class.

    Attributes:
        members: Its methods.
        flags: Attributes that are true or false and that no method sets after the constructor, with
            what they are at first.
        bases: What base classes of the same file make and have: ``(base, attribute, is_method)``.
    """

    members: list[Member]
    flags: dict[str, bool]
    bases: list[tuple[str, str, bool]]


def facts_of(problem: Problem, judges: Judges) -> Facts:
    """Grade the reference once, and listen.

    Raises:
        ProblemError: The reference does not get full marks when it is listened to.
    """
    return arranged(_listened(problem, judges, recording))


def conditions_met(
    problem: Problem, judges: Judges, asked: dict[str, list[str]]
) -> set[tuple[str, int]]:
    """Which conditions hold for some call of a method while the reference is graded."""
    facts = _listened(problem, judges, lambda source, entry: watching(source, entry, asked))
    return {(str(name), int(number)) for _, name, number in facts}  # type: ignore[call-overload]


def _listened(
    problem: Problem, judges: Judges, append: Callable[[str, str], str]
) -> list[list[object]]:
    """What the reference notes of its calls while it is graded with something appended."""
    reference = read_submission(problem.reference_path)
    source = append(reference.text, problem.settings.entry)
    submission = submission_from(reference.name, source.encode())
    ((_, report),) = judges.grade([(0, submission)], 1)
    # a check that wants nothing printed hears the notes themselves
    checks = [c for c in report.checks if "@fact " not in str(c.evidence.get("yours"))]
    if report.message or any(c.status != "passed" for c in checks):
        first = next((c.message for c in checks if c.message), report.message)
        what = f"the reference fails when its calls are listened to: {first}"
        raise ProblemError(problem.reference_path, None, what)
    return list(noted([report.output, *(check.output for check in report.checks)]))


def noted(printed: Iterable[str]) -> Iterator[list[object]]:
    """What was noted in what was printed, each once."""
    seen = set()
    for text in printed:
        for line in _FACT.findall(text):
            if line not in seen:
                seen.add(line)
                yield json.loads(line)


def arranged(facts: Iterable[list[object]]) -> Facts:
    """Sort by methods what was noted."""
    by_kind: dict[str, list[list[str]]] = defaultdict(list)
    for kind, *rest in facts:
        by_kind[str(kind)].append(rest)  # type: ignore[arg-type]
    members = {str(name): Member(str(name)) for (name,) in by_kind["member"]}
    for name, parameter, default in by_kind["parameter"]:
        if name in members:
            members[name].parameters.append(parameter)
            if default is not None:
                members[name].flags[parameter] = bool(default)
    lists = {"array": "arrays", "number": "scalars", "whole": "scalars", "dict": "dicts"}
    for name, argument, kind in by_kind["takes"]:
        if kind in lists and argument not in getattr(members[name], lists[kind]):
            getattr(members[name], lists[kind]).append(argument)
    for name, place, kind in by_kind["keeps"]:
        members[name].keeps.setdefault(place, kind)
    for kind, listed in (("had", "had"), ("argument", "arguments"), ("matrix", "matrices")):
        for name, place in by_kind[kind]:
            getattr(members[name], listed).append(place)
    for name, place, kind in by_kind["returns"]:
        members[name].returns.setdefault(place, kind)
    for name, place in by_kind["hands"]:
        members[name].hands.append(place)
    for name, place, asked in by_kind["refuses"]:
        members[name].refuses[place].append(asked)
    for name, place, asked in by_kind["accepts"]:
        members[name].accepts[place].append(asked)
    for (name,) in by_kind["of the class"]:
        if name in members:
            members[name].of_the_class = True
    for (name,) in by_kind["draws"]:
        members[name].draws = True
    varied = {tuple(pair) for pair in by_kind["not 1"]}
    differ = {tuple(row) for row in by_kind["differ"]}
    for member in members.values():
        names = [size for name, size in by_kind["size"] if name == member.name]
        member.sizes = _told_apart(member.name, names, varied, differ)
        numbers = [place for name, place in by_kind["factor"] if name == member.name]
        alike = set(names) - set(member.sizes)
        member.factors = [*member.sizes]
        member.factors += [
            n
            for n in dict.fromkeys(numbers)
            if n not in alike and n not in member.sizes and (member.name, n) in varied
        ]
    set_later = {place for name, place in by_kind["sets"] if name != "__init__"}
    flags: dict[str, bool] = {}
    for _, place, value in by_kind["flag"]:
        if place.startswith("self.") and place not in set_later:
            flags.setdefault(place, bool(value))
    bases = [(base, name, False) for base, name in by_kind["base name"]]
    bases += [(base, name, True) for base, name in by_kind["base method"]]
    return Facts(list(members.values()), flags, bases)


def _told_apart(
    member: str, names: list[str], varied: set[tuple[str, ...]], differ: set[tuple[str, ...]]
) -> list[str]:
    """Of sizes that were always equal the first; none that were always 1."""
    kept: list[str] = []
    for name in names:
        pairs = [(member, *sorted((name, other))) for other in kept]
        if (member, name) in varied and all(pair in differ for pair in pairs):
            kept.append(name)
    return kept
