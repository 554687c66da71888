"""Which problem of a library a file is a solution to, where nobody says it.

In this order: the problem whose class the file defines, with more of its methods than are missing;
the one whose file has this name; the one whose methods it has, whatever its class is called. Where
two remain, nothing is guessed. The file is only searched as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.errors import ProblemError
from grader.intake.choose_file import Wanted
from grader.model.interface import Interface, interface_of, outline
from grader.model.problem import Library, stem_of
from grader.model.submission import Submission

MOST = 2 / 3
"""The share of a problem's methods that a file has to have whose class is called otherwise."""


def fitting_problems(library: Library, submission: Submission) -> Sequence[str]:
    """The names of the problems that a file may be a solution to: one if that is clear."""
    classes = outline(submission.lines)
    names = {each.entry for each in classes}
    methods = frozenset(method for each in classes for method in each.methods)
    asked = dict(_interfaces(library))
    surplus = {s: len(i.methods & methods) - len(i.methods - methods) for s, i in asked.items()}
    own = {
        s: surplus[s]
        for s, i in asked.items()
        if i.entry in names and (surplus[s] > 0 or not i.of_class)
    }
    if len(found := _highest(own)) == 1:
        return found
    called = [
        slug for slug in library.slugs() if Wanted(stem_of(slug), "").is_called(submission.name)
    ]
    if len(called) == 1:
        return called
    if found:
        return found
    return _highest({s: surplus[s] for s, i in asked.items() if _has_most(methods, i)})


def _has_most(methods: frozenset[str], wanted: Interface) -> bool:
    return len(wanted.methods & methods) >= max(1, MOST * len(wanted.methods))


def _highest(numbers: Mapping[str, int]) -> list[str]:
    return [slug for slug, number in numbers.items() if number == max(numbers.values())]


def _interfaces(library: Library) -> Iterator[tuple[str, Interface]]:
    """What is asked for, by problem; one that is broken says so when it is asked for by name."""
    for slug in library.slugs():
        try:
            yield slug, interface_of(library.load(slug))
        except (ProblemError, OSError):
            continue
