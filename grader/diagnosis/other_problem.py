"""Whether a submission looks like a solution to another problem of the library.

Two ways lead here. By its *interface*: the names of a class, its methods and its constructor's
arguments, which for each problem are taken from its reference solution. By its *conventions*: a
problem may say in ``problem.toml`` which diagnoses a solution to it gets elsewhere (see
:class:`grader.model.problem_toml.Convention`). Nothing here changes a mark, and nothing is read
before a submission has lost one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec.structs import replace

from grader.diagnosis.facts import Facts
from grader.errors import ProblemError
from grader.model.interface import Interface, interface, interface_of, outline
from grader.model.problem import Library, Problem
from grader.model.problem_toml import Convention
from grader.model.report import Diagnosis

OTHER_PROBLEM = "other-problem"
OTHER_CONVENTION = "other-convention"
RESERVED = (OTHER_PROBLEM, OTHER_CONVENTION)
"""Ids of diagnoses that are made here, so that no problem can use them for something else."""

MOST, FEW = 2 / 3, 1 / 3
"""Shares of the names that tell two problems apart: most of the other's, and few of this one's."""

AT_LEAST = 2
"""Names that must tell; one is enough where there is a single class, which is called otherwise."""


class Neighbour(msgspec.Struct, frozen=True, dict=True):
    """Another problem of the library, as far as it matters here."""

    slug: str
    title: str
    interface: Interface
    conventions: tuple[Convention, ...]


class Neighbours:
    """The other problems of a library; read when they are asked for, and then kept."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    @cached_property
    def own(self) -> Neighbour:
        """The problem itself."""
        return _neighbour(self._problem)

    @cached_property
    def others(self) -> tuple[Neighbour, ...]:
        """All that can be read: what is wrong with a neighbour is found out when it is graded."""
        return tuple(self._readable())

    def _readable(self) -> Iterator[Neighbour]:
        library = Library(self._problem.library)
        for slug in library.slugs():
            if slug != self._problem.slug:
                try:
                    yield _neighbour(library.load(slug))
                except (ProblemError, OSError):
                    continue

    def by_interface(self, facts: Facts, file: str) -> Diagnosis | None:
        """Say to which problem a submission fits by its names, if it does not fit to this one.

        A class that has every name that this problem asks for is never taken for another's.
        """
        wanted = self.own.interface
        if not wanted.of_class and facts.has_entry:
            return None
        mine = facts.classes.get(wanted.entry)
        if mine is not None and wanted.names() <= _shown(wanted.entry, mine).names():
            return None
        found = []
        for other in self.others:
            told = telling(facts, wanted, other.interface)
            if told:
                found.append((len(told), other, told))
        if not found:
            return None
        _, other, told = max(found, key=lambda each: each[0])
        asked = listed(wanted.methods)
        if wanted.of_class:
            asked = f"class {wanted.entry} with {asked or 'no methods'}"
        return Diagnosis(
            OTHER_PROBLEM,
            "",
            f"This looks like a solution to {other.slug}: {other.title}.",
            f"Check it there: grader check {other.slug} {file}",
            1.0,
            why=f"It has {listed(told)}, as {other.slug} asks for.",
            stronger=f"{self.own.slug} asks for {asked}. If this file is for {other.slug}, check"
            f" it there: grader check {other.slug} {file}",
        )

    def by_convention(self, named: Sequence[Diagnosis]) -> Diagnosis | None:
        """Say which problem's convention explains all that has been diagnosed, if one does."""
        ids = frozenset(diagnosis.id for diagnosis in named)
        fitting = [
            (convention.says, other.slug)
            for other in self.others
            for convention in other.conventions
            if ids and ids == frozenset(convention.shows)
        ]
        if not fitting:
            return None
        says = fitting[0][0]
        slugs = [slug for sentence, slug in fitting if sentence == says]
        statements = " and ".join(f"grader show {slug}" for slug in [self.own.slug, slugs[0]])
        return Diagnosis(
            OTHER_CONVENTION,
            "",
            f"This looks like a solution to {' or '.join(slugs)}: {says}.",
            f"Compare the two statements: {statements}",
            min(diagnosis.confidence for diagnosis in named),
            why=f"What is named below is wrong for {self.own.slug}, and right there.",
            stronger=f"Which of the two is this file for? Compare the statements: {statements}",
        )


def telling(facts: Facts, own: Interface, other: Interface) -> frozenset[str]:
    """Return the names that show that a submission is a solution to the other problem.

    Only names count that one of the two asks for and the other does not. Most of the other's must
    be there, in one class, and few of this problem's in any class.
    """
    adapted = own.entry in facts.classes
    if adapted:
        candidates = [_shown(own.entry, facts.classes[own.entry])]
    elif facts.classes:
        bases = {base for told in facts.classes.values() for base in told["bases"]}
        candidates = [_shown(n, told) for n, told in facts.classes.items() if n not in bases]
    else:
        candidates = outline(facts.source.lines)
        own, other = replace(own, arguments=frozenset()), replace(other, arguments=frozenset())
    ours, theirs = own.names(not adapted), other.names(not adapted)
    ours, theirs = ours - theirs, theirs - ours
    # Methods alone tell nothing: most classes of a kind have those of one problem or another.
    made_so = [
        each
        for each in candidates
        if each.entry == other.entry or (other.arguments and other.arguments <= each.arguments)
    ]
    shown = [candidate.names() for candidate in candidates]
    if ours and max((len(ours & names) for names in shown), default=0) > FEW * len(ours):
        return frozenset()
    told = max((theirs & each.names() for each in made_so), key=len, default=frozenset[str]())
    least = 1 if len(candidates) == 1 and not adapted else AT_LEAST
    return told if len(told) >= max(least, MOST * len(theirs)) else frozenset()


def _shown(name: str, told: Mapping[str, Collection[str]]) -> Interface:
    """The interface of a class of the submission, as its worker tells it."""
    return interface(name, told["methods"], told["arguments"])


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: the class, the methods, the arguments."""
    kinds = sorted(names, key=lambda name: (not name.startswith("class"), name[-1] == "=", name))
    *before, last = kinds or [""]
    return f"{', '.join(before)} and {last}" if before else last


# -- what a reference solution looks like --------------------------------------------------


def _neighbour(problem: Problem) -> Neighbour:
    settings = problem.settings
    return Neighbour(problem.slug, settings.title, interface_of(problem), settings.conventions)
