"""Grading distorted references, and what comes of it."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from grader.authoring.distortion import ALWAYS, Distortion
from grader.authoring.distortion.catalogue import distortions
from grader.authoring.distortion.choosing import chosen_always, chosen_pairs
from grader.authoring.distortion.facts import conditions_met, facts_of
from grader.authoring.sample_headers import failing, lost
from grader.errors import UsageError
from grader.grading.pool import Judges
from grader.model.problem import Problem
from grader.model.problem_toml import Harmless
from grader.model.report import Report
from grader.model.submission import read_submission, submission_from

State = Literal["found", "elsewhere", "unnoticed", "unchanged", "unmet", "harmless"]

LATER = ("time", "instance", "batch", "during", "after", "set-up")
"""Families of conditions under which a first, ordinary call is right."""

PLAIN = ("value", "factor", "clip", "memory", "effect")
"""Families whose changes show in any values: one that never shows is none."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a distortion.

    Attributes:
        state: ``found`` by a check of a group that is right for it; ``elsewhere``, by others alone;
            ``unnoticed`` though values came out wrong; ``unchanged``, as its condition held and
            all values were right; ``unmet``, as its condition never held; ``harmless``, as what it
            does can make no difference, or not under this condition.
        groups: Those that lose points.
        report: What its grading gave; None where nothing had to be graded.
    """

    distortion: Distortion
    state: State
    groups: frozenset[str] = frozenset()
    report: Report | None = None

    @property
    def is_gap(self) -> bool:
        """Whether the checks miss it."""
        return self.state not in ("found", "harmless")


@dataclass(frozen=True, slots=True)
class Distorted:
    """What became of the distortions of a problem's reference.

    Attributes:
        everything: All that there are.
        vouched: Those that the author says are right.
        tried: The others, or a selection of them.
        excused: What became of those that are vouched for, if all were tried.
        thorough: Whether all were.
    """

    everything: tuple[Distortion, ...]
    vouched: tuple[Distortion, ...]
    tried: tuple[Tried, ...]
    excused: tuple[Tried, ...]
    thorough: bool


Progress = Callable[[int, int], None]


def try_distortions(
    problem: Problem,
    *,
    jobs: int,
    thorough: bool = False,
    progress: Progress = lambda done, total: None,
) -> Distorted:
    """Distort the reference, and grade that.

    A condition that never holds while the reference is graded makes no difference to any check, so
    nothing is graded for it. What is always wrong is graded first: the groups that lose points are
    the right ones for the same change under a condition. Where only later calls are wrong, any
    group will do: most problems have one for what should not depend on earlier calls.

    Args:
        thorough: Try everything, and not a selection.

    Raises:
        ProblemError, Fault: As :func:`grader.grading.pool.grade_stream` does.
    """
    with Judges(problem, jobs, brief=True) as judges:
        bench = _Bench(problem, judges, jobs, progress)
        everything = distortions(problem.settings.entry, facts_of(problem, judges))
        vouched = {d.id for d in everything if is_vouched(problem, d)}
        unmet = _unmet(problem, judges, everything)
        asked = everything if thorough else [d for d in everything if d.id not in vouched]
        always = [d for d in asked if d.condition.key == ALWAYS]
        first = bench.grade(always if thorough else chosen_always(asked), _Right())
        found = [each for each in first if each.state == "found"]
        right = _Right(found)
        meant = [d for d in asked if d.condition.key != ALWAYS and d.unconditional in right.groups]
        met = [d for d in meant if (d.member, d.condition.key) not in unmet]
        never = [d for d in meant if (d.member, d.condition.key) in unmet]
        if not thorough:
            met = chosen_pairs(met, [each.distortion for each in found])
            never = list({(d.member, d.condition.key): d for d in reversed(never)}.values())
        done = bench.grade_by_groups(met, right) if thorough else bench.grade(met, right)
        tried = [*first, *done, *(Tried(d, "unmet") for d in never)]
    place = {distortion.id: number for number, distortion in enumerate(everything)}
    tried.sort(key=lambda each: place[each.distortion.id])
    return Distorted(
        tuple(everything),
        tuple(d for d in everything if d.id in vouched),
        tuple(each for each in tried if each.distortion.id not in vouched),
        tuple(each for each in tried if each.distortion.id in vouched),
        thorough,
    )


def is_vouched(problem: Problem, distortion: Distortion) -> bool:
    """Whether the author says that it is right; what is right always is so under a condition."""
    return any(vouches_for(entry, distortion) for entry in problem.vouched.harmless)


def vouches_for(entry: Harmless, distortion: Distortion) -> bool:
    """Whether an entry of vouched.toml is about a distortion."""
    return (
        fnmatchcase(distortion.member, entry.member)
        and fnmatchcase(distortion.place, entry.place)
        and fnmatchcase(distortion.condition.key, entry.condition)
        and fnmatchcase(distortion.change.key, entry.change)
    )


def _unmet(
    problem: Problem, judges: Judges, everything: Sequence[Distortion]
) -> set[tuple[str, str]]:
    """Methods and conditions that never hold for them."""
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for d in everything:
        if d.change.kind in ("value", "handed", "effect"):
            asked[d.member][d.condition.key] = d.condition.call
    calls = {member: list(conditions.values()) for member, conditions in asked.items()}
    met = conditions_met(problem, judges, calls)
    return {
        (member, key)
        for member, conditions in asked.items()
        for number, key in enumerate(conditions)
        if (member, number) not in met
    }


class _Right:
    """The groups that a distortion has to cost points in.

    Attributes:
        groups: Those of what is always wrong, where a check finds that.
        likely: The group in which most of its checks fail.
    """

    def __init__(self, found: Sequence[Tried] = ()) -> None:
        self.groups = {each.distortion.unconditional: each.groups for each in found}
        self.likely = {
            each.distortion.unconditional: Counter(
                check.group for check in lost(each.report)
            ).most_common(1)[0][0]
            for each in found
            if each.report is not None and lost(each.report)
        }

    def of(self, distortion: Distortion) -> frozenset[str] | None:
        """The groups of which one is enough; None if any will do."""
        if distortion.condition.about in LATER:
            return None
        return self.groups.get(distortion.unconditional)


@dataclass
class _Bench:
    """Grades distortions, and counts."""

    problem: Problem
    judges: Judges
    jobs: int
    progress: Progress
    done: int = 0
    total: int = 0

    def grade_by_groups(self, chosen: Sequence[Distortion], right: _Right) -> list[Tried]:
        """What becomes of them: first in one group that is right, which takes a fifth of the time.

        Those that lose nothing there are graded in full.
        """
        by_group: dict[str, list[Distortion]] = defaultdict(list)
        for distortion in chosen:
            by_group[right.likely.get(distortion.unconditional, "")].append(distortion)
        rest, done = by_group.pop("", []), []
        self.total += sum(map(len, by_group.values()))
        for group, those in by_group.items():
            with Judges(self.problem, self.jobs, only=group, brief=True) as judges:
                for each in self._grade(those, right, judges):
                    if each.state == "found":
                        done.append(each)
                    else:
                        rest.append(each.distortion)
        return [*done, *self.grade(rest, right)]

    def grade(self, chosen: Sequence[Distortion], right: _Right) -> list[Tried]:
        """What becomes of them, in their order."""
        self.total += len(chosen)
        return self._grade(chosen, right, self.judges)

    def _grade(self, chosen: Sequence[Distortion], right: _Right, judges: Judges) -> list[Tried]:
        reference = read_submission(self.problem.reference_path).text
        name = f"{self.problem.slug.replace('-', '_')}.py"
        items = (
            (number, submission_from(name, distortion.source(reference).encode()))
            for number, distortion in enumerate(chosen)
        )
        found: dict[int, Tried] = {}
        for key, report in judges.grade(items, self.jobs):
            number = int(str(key))
            found[number] = _tried(chosen[number], report, right.of(chosen[number]))
            self.done += 1
            self.progress(self.done, self.total)
        return [found[number] for number in range(len(chosen))]


def _tried(distortion: Distortion, report: Report, right: frozenset[str] | None) -> Tried:
    groups = failing(report)
    if groups:
        state: State = "found" if right is None or groups & right else "elsewhere"
        return Tried(distortion, state, groups, report)
    printed = report.output + "".join(check.output for check in report.checks)
    changed, met = ("@distortion changed" in printed), ("@distortion met" in printed)
    if changed:
        return Tried(distortion, "unnoticed", report=report)
    plain = distortion.condition.key == ALWAYS and distortion.change.family in PLAIN
    if (met and plain) or (not met and distortion.change.kind not in ("interface", "base")):
        return Tried(distortion, "harmless", report=report)
    return Tried(distortion, "unchanged" if met else "unmet", report=report)


def find_distortion(problem: Problem, wanted: str) -> str:
    """The source of the distorted reference with this id.

    Raises:
        UsageError: There is none.
    """
    with Judges(problem, 1, brief=True) as judges:
        everything = distortions(problem.settings.entry, facts_of(problem, judges))
    by_id = {distortion.id: distortion for distortion in everything}
    if wanted not in by_id:
        near = difflib.get_close_matches(wanted, by_id, 3, 0)
        raise UsageError(f"{problem.slug} has no distortion {wanted!r}; near it: {'; '.join(near)}")
    return by_id[wanted].source(read_submission(problem.reference_path).text)
