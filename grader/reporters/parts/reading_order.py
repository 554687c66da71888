"""The order in which a report is told: named mistakes first, and no example twice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from grader.model.report import CheckResult, Diagnosis, Report


class Mistake(msgspec.Struct, frozen=True):
    """A named mistake.

    Attributes:
        lost: The points that its group lost.
        example: The failing check that shows it, if there is one that shows no other.
    """

    diagnosis: Diagnosis
    lost: float
    example: CheckResult | None

    @property
    def name(self) -> str:
        """The same for everybody who has it."""
        return self.diagnosis.id


class Group(msgspec.Struct, frozen=True):
    """The marks of one group.

    Attributes:
        of: How many of its checks are worth points.
        failed, blocked: How many of these failed, or were not possible.
    """

    name: str
    points: float
    max_points: float
    of: int
    failed: int
    blocked: int

    @property
    def state(self) -> Literal["passed", "failed", "blocked"]:
        """``blocked`` if nothing failed, and something could not be tried."""
        if self.failed:
            return "failed"
        return "blocked" if self.blocked else "passed"

    @property
    def counted(self) -> str:
        """What became of the checks that did not pass, in words."""
        parts = [f"{self.failed} of {self.of} checks failed"] if self.failed else []
        parts += [f"{self.blocked} not possible"] if self.blocked else []
        return ", ".join(parts)


class Failure(msgspec.Struct, frozen=True):
    """A check that failed and whose example no mistake has shown.

    Attributes:
        same_as: A check before it whose example shows this failure as well.
        calls_known: Whether a check before it has been shown with the same calls.
    """

    check: CheckResult
    same_as: CheckResult | None
    calls_known: bool = False

    @property
    def name(self) -> str:
        """The id of the check."""
        return self.check.id


class Arranged(msgspec.Struct, frozen=True):
    """What a report tells, in order.

    Attributes:
        blocked: Checks that were not possible, by the reason.
    """

    mistakes: tuple[Mistake, ...]
    groups: tuple[Group, ...]
    failures: tuple[Failure, ...]
    blocked: Mapping[str, Sequence[CheckResult]]

    @property
    def to_do(self) -> tuple[Mistake | Failure, ...]:
        """What there is to mend: named mistakes, then failures that show something else.

        What makes other checks impossible comes before all that does not, named or not.
        """
        things: list[Mistake | Failure] = [*self.mistakes]
        things += [each for each in self.failures if each not in self.repeated]
        return tuple(sorted(things, key=lambda thing: len(self.needing(thing)), reverse=True))

    @property
    def repeated(self) -> tuple[Failure, ...]:
        """Failures that a mistake, or an example before them, explains as well."""
        named = {check for mistake in self.mistakes for check in mistake.diagnosis.checks}
        return tuple(
            each for each in self.failures if each.same_as is not None or each.check.id in named
        )

    def needing(self, thing: Mistake | Failure) -> list[CheckResult]:
        """The checks that fail or are impossible because of it, besides the one that shows it."""
        if isinstance(thing, Mistake):
            shown_by = {*thing.diagnosis.checks, *([thing.example.id] if thing.example else [])}
            more = [f.check for f in self.failures if f.check.id in thing.diagnosis.checks]
        else:
            shown_by, more = {thing.check.id}, []
        blocked = (each for checks in self.blocked.values() for each in checks)
        return [*more, *(each for each in blocked if each.evidence.get("by") in shown_by)]


def counted_words(count: int, noun: str) -> str:
    """A number of things in a sentence: ``one thing``, ``3 things``."""
    return f"one {noun}" if count == 1 else f"{count} {noun}s"


def arrange(report: Report) -> Arranged:
    """Put what a report holds into the order in which people should read it."""
    failed = [check for check in report.checks if check.status not in ("passed", "blocked")]
    # A check that is known to show one mistake is no example of another one of its group.
    kept = {check for diagnosis in report.diagnoses for check in diagnosis.checks}
    shown: list[CheckResult] = []
    mistakes: list[Mistake] = []
    for diagnosis in report.diagnoses:
        own = [c for c in failed if c.id in diagnosis.checks]
        rest = [c for c in failed if c.id not in kept and c not in shown]
        example = next((c for c in own if c not in shown), None)
        if not own:
            example = _example(diagnosis, report, rest)
        lost = [c.max_points - c.points for c in report.checks if c.group == diagnosis.group]
        mistakes.append(Mistake(diagnosis, math.fsum(lost), example))
        shown += [example] if example is not None else []
    named, failures = tuple(shown), list[Failure]()
    for check in failed:
        if check not in named:
            same = next((c for c in shown if _essence(c) == _essence(check)), None)
            calls = check.evidence.get("calls")
            known = any(c.evidence.get("calls") == calls for c in shown)
            failures.append(Failure(check, same, known))
            shown += [check] if same is None else []
    blocked: dict[str, list[CheckResult]] = {}
    for check in report.checks:
        if check.status == "blocked" and check.max_points:
            blocked.setdefault(check.message, []).append(check)
    return Arranged(tuple(mistakes), tuple(_groups(report)), tuple(failures), blocked)


def _example(
    diagnosis: Diagnosis, report: Report, failed: Sequence[CheckResult]
) -> CheckResult | None:
    """The check that shows a mistake: of its group, and about what its title is about.

    Where its group has only checks about something else, one of a group in which nothing is named.
    """
    attributes = {name for check in report.checks for name in _attributes(check)}
    titled = attributes.intersection(_WORD.findall(diagnosis.title))
    others = (each.title for each in report.diagnoses if each != diagnosis)
    elsewhere = attributes.intersection(_WORD.findall(" ".join(others)))
    named = {each.group for each in report.diagnoses}
    lines = set(map(int, _LINE.findall(diagnosis.title)))

    def about(check: CheckResult) -> bool:
        traced = {frame.get("line") for frame in check.evidence.get("traceback", ())}
        return bool(titled.intersection(_attributes(check)) or lines & traced)

    def beside(check: CheckResult) -> bool:
        """Whether it is about another attribute than the title, or one of another title."""
        found = _attributes(check)
        return bool(found and not titled & found and (titled or elsewhere & found))

    own = [check for check in failed if check.group == diagnosis.group]
    free = [check for check in failed if check.group not in named and titled and about(check)]
    ranked = [
        *(c for c in own if about(c)),
        *(c for c in own if not beside(c) and not about(c)),
        *(free if any(map(beside, own)) else ()),
    ]
    return ranked[0] if ranked else None


_WORD = re.compile(r"[^\W\d]\w*")
_LINE = re.compile(r"\bline (\d+)")
_ATTRIBUTE = re.compile(r"\b[a-z]\w*\.([^\W\d]\w*)\b(?!\()")


def _attributes(check: CheckResult) -> frozenset[str]:
    """The attributes that a check that failed is about, as it names them: ``layer.W``."""
    return frozenset(_ATTRIBUTE.findall(str(check.evidence.get("what", ""))))


def _groups(report: Report) -> list[Group]:
    groups = []
    for name in dict.fromkeys(check.group for check in report.checks):
        checks = [c for c in report.checks if c.group == name and c.max_points]
        blocked = sum(check.status == "blocked" for check in checks)
        passed = sum(check.status == "passed" for check in checks)
        groups.append(
            Group(
                name,
                math.fsum(check.points for check in checks),
                math.fsum(check.max_points for check in checks),
                len(checks),
                len(checks) - passed - blocked,
                blocked,
            )
        )
    return groups


def _essence(check: CheckResult) -> Mapping[str, Any]:
    """What two checks of one group must share for the second to add nothing."""
    parts = ("calls", "yours", "expected", "traceback", "text")
    return {"group": check.group, **{part: check.evidence.get(part) for part in parts}}


def hint_of(diagnosis: Diagnosis, hints: int) -> str:
    """The hint that leads as far as is asked for: 1 or 2."""
    return diagnosis.stronger if hints > 1 and diagnosis.stronger else diagnosis.hint


def in_words(diagnosis: Diagnosis, hints: int) -> str:
    """What is wrong, why it matters, where to look: a line each."""
    hint = f"Hint: {hint_of(diagnosis, hints)}"
    return "\n".join(filter(None, (diagnosis.title, diagnosis.why, hint)))
