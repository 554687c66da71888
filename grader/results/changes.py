"""Which checks came out differently in two reports."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model.report import Report


@dataclass(frozen=True, slots=True)
class CheckMoved:
    """A check that came out differently, or is worth something else.

    Attributes:
        before, after: Its status; None where it is not there.
        points_before, points_after: What was earned by it.
    """

    id: str
    title: str
    before: str | None
    after: str | None
    points_before: float
    points_after: float


def moved_checks(old: Report | None, new: Report | None) -> tuple[CheckMoved, ...]:
    """The checks that moved, in order; no report is one without checks."""
    before = {check.id: check for check in old.checks} if old else {}
    after = {check.id: check for check in new.checks} if new else {}
    moved = []
    for name in dict.fromkeys([*before, *after]):
        first, second = before.get(name), after.get(name)
        known = second or first
        assert known is not None
        statuses = (first.status if first else None, second.status if second else None)
        points = (first.points if first else 0.0, second.points if second else 0.0)
        if statuses[0] != statuses[1] or points[0] != points[1]:
            moved.append(CheckMoved(name, known.title, *statuses, *points))
    return tuple(moved)
