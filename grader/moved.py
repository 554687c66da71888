"""Room: which checks came out differently in two reports."""

from __future__ import annotations

from dataclasses import dataclass

from grader.report import Report


@dataclass(frozen=True, slots=True)
class CheckMoved:
    """A check that came out differently; a status is None where there was no such check."""

    id: str
    title: str
    before: str | None
    after: str | None


def moved_checks(old: Report | None, new: Report | None) -> tuple[CheckMoved, ...]:
    """The checks whose status is another one, in order; no report is one without checks."""
    before = {check.id: check for check in old.checks} if old else {}
    after = {check.id: check for check in new.checks} if new else {}
    moved = []
    for name in dict.fromkeys([*before, *after]):
        first, second = before.get(name), after.get(name)
        statuses = (first.status if first else None, second.status if second else None)
        if statuses[0] != statuses[1]:
            known = second or first
            assert known is not None
            moved.append(CheckMoved(name, known.title, *statuses))
    return tuple(moved)
