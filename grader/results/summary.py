"""What an instructor wants to know about a class, from its results. Renders nothing."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.errors import UsageError
from grader.model.report import CheckResult, Report
from grader.results.changes import CheckMoved, moved_checks
from grader.results.progress import BINS, bin_of
from grader.results.schema import Change, Round
from grader.results.store import Store

SLOWEST = 5


@dataclass(frozen=True, slots=True)
class CheckRate:
    """How often a check failed.

    Attributes:
        failed: Students who do not have its points.
        of: Students whose submission could be checked.
    """

    id: str
    group: str
    title: str
    failed: int
    of: int


@dataclass(frozen=True, slots=True)
class Misconception:
    """A diagnosis, and who has it."""

    id: str
    group: str
    title: str
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Students whose submissions fail the same checks in the same way, to the same values."""

    students: tuple[str, ...]
    checks: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A student, and what there is to be said."""

    student: str
    message: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A class at a glance. Counts are of students.

    Attributes:
        graded: Students with a mark; ``students`` are all of them.
        mean, median: Of their scores; None if there are none.
        bins: How many have so many tenths of the marks; full marks count as the last.
        checks: All that somebody failed, the most failed first.
        identical: Groups of students whose programs differ in names, comments and layout at most.
        unloadable: Whose file had nothing to call in it, and why.
        faults: Who could not be graded through no fault of theirs.
        left_out: What was found and not graded, or missing.
        slowest: Whose submissions took the longest, and the seconds.
    """

    problem: str
    round: int
    finished: str | None
    seed: int
    students: int
    graded: int
    max_score: float
    mean: float | None
    median: float | None
    bins: tuple[int, ...]
    checks: tuple[CheckRate, ...]
    misconceptions: tuple[Misconception, ...]
    clusters: tuple[Cluster, ...]
    identical: tuple[tuple[str, ...], ...]
    unloadable: tuple[Told, ...]
    faults: tuple[Told, ...]
    left_out: tuple[Told, ...]
    slowest: tuple[tuple[str, float], ...]


def summarize(store: Store) -> Summary:
    """Look at the newest round of a class.

    The first time, submissions are compared with each other, in a locked worker.

    Raises:
        UsageError: Nothing has been graded.
        Fault: No worker could be started.
    """
    round_ = store.newest_round()
    _compare(store)
    seen = _Seen()
    for row in store.rows(round_):
        seen.students += 1
        if row.result is not None:
            seen.note(row.student, store.report(row.result))
    scores = seen.scores
    return Summary(
        problem=round_.slug,
        round=round_.id,
        finished=round_.finished,
        seed=round_.seed,
        students=seen.students,
        graded=len(scores),
        max_score=seen.max_score,
        mean=round(statistics.fmean(scores), 2) if scores else None,
        median=round(statistics.median(scores), 2) if scores else None,
        bins=tuple(seen.bins),
        checks=seen.check_rates(),
        misconceptions=seen.misconceptions(),
        clusters=seen.clusters(),
        identical=tuple(map(tuple, store.alike())),
        unloadable=tuple(seen.unloadable),
        faults=tuple(seen.faults),
        left_out=tuple(Told(*pair) for pair in store.left_out()),
        slowest=tuple(seen.slowest),
    )


def _compare(store: Store) -> None:
    from grader.results.similarity import normal_forms

    waiting = store.without_normal()
    first = next(waiting, None)
    if first is None:
        return

    def all_of_them() -> Iterator[tuple[str, bytes]]:
        yield first
        yield from waiting

    for submission, normal in normal_forms(all_of_them()):
        store.set_normal(submission, normal)


@dataclass
class _Seen:
    """What is gathered while one report after the other is looked at."""

    students: int = 0
    max_score: float = 0.0
    scores: list[float] = field(default_factory=list)
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    unloadable: list[Told] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    slowest: list[tuple[str, float]] = field(default_factory=list)
    _checked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _failed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _diagnosed: dict[tuple[str, str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _alike: dict[tuple[tuple[str, str, str], ...], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def note(self, student: str, report: Report) -> None:
        """Take a student's report into account."""
        if report.status == "fault":
            self.faults.append(Told(student, report.message))
            return
        self.max_score = max(self.max_score, report.max_score)
        self.scores.append(report.score)
        self.bins[bin_of(report.score, report.max_score)] += 1
        self.slowest.append((student, round(report.duration, 3)))
        self.slowest = sorted(self.slowest, key=lambda pair: -pair[1])[:SLOWEST]
        if report.status == "unloadable":
            self.unloadable.append(Told(student, report.message))
        for check in report.checks:
            key = (check.id, check.group, check.title)
            self._checked[key] += 1
            self._failed[key] += check.status != "passed"
        for diagnosis in report.diagnoses:
            self._diagnosed[diagnosis.id, diagnosis.group, diagnosis.title].append(student)
        failures = tuple(
            (check.id, check.group, _how(check))
            for check in report.checks
            if check.status not in ("passed", "blocked")
        )
        if failures:
            self._alike[failures].append(student)

    def check_rates(self) -> tuple[CheckRate, ...]:
        rates = [CheckRate(*key, self._failed[key], of) for key, of in self._checked.items()]
        failed = [rate for rate in rates if rate.failed]
        return tuple(sorted(failed, key=lambda rate: -rate.failed / rate.of))

    def misconceptions(self) -> tuple[Misconception, ...]:
        found = [Misconception(*key, tuple(who)) for key, who in self._diagnosed.items()]
        return tuple(sorted(found, key=lambda one: (-len(one.students), one.id)))

    def clusters(self) -> tuple[Cluster, ...]:
        found = [
            Cluster(
                tuple(who),
                tuple(check for check, _, _ in failures),
                tuple(dict.fromkeys(group for _, group, _ in failures)),
            )
            for failures, who in self._alike.items()
            if len(who) > 1
        ]
        return tuple(sorted(found, key=lambda one: (-len(one.students), one.checks)))


def _how(check: CheckResult) -> str:
    """How a check failed: what came instead of what was expected, rounding errors aside.

    Examples are the same for everybody, so the same mistake gives the same values.
    """
    parts = (check.status, *(check.evidence.get(part) for part in ("kind", "type", "yours")))
    return json.dumps(_rounded(parts))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return {key: _rounded(v) for key, v in value.items()} if isinstance(value, dict) else value


# -- what a new round changes ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A student whose mark is another one.

    Attributes:
        before, after: The scores; None for no mark (a fault, or not in that round).
        why: Anything but the checks that moved: a new submission, a fault; else empty.
    """

    student: str
    before: float | None
    after: float | None
    why: str
    checks: tuple[CheckMoved, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two rounds of one class, and whose mark they disagree on."""

    before: Round
    after: Round
    moved: tuple[Moved, ...]


def compare_rounds(store: Store, since: int | None = None) -> Difference:
    """What the newest finished round changes, against an earlier one.

    Args:
        since: The number of the earlier round; by default the last one with the same seed, and the
            one before the newest if there is none.

    Raises:
        UsageError: There is no such round, or nothing to compare with.
    """
    finished = [round_ for round_ in store.rounds() if round_.finished]
    if len(finished) < 2:
        what = "has been graded once only; there is nothing to compare with"
        raise UsageError(f"{store.path.parent}: {what}")
    *earlier, after = finished
    chosen = {round_.id: round_ for round_ in earlier}
    before = store.comparable(after) if since is None else chosen.get(since)
    if before is None:
        known = ", ".join(map(str, chosen))
        raise UsageError(f"there is no earlier round {since} (there are: {known})")
    moved = tuple(_moved(store, change) for change in store.changes(before, after))
    return Difference(before, after, moved)


def _moved(store: Store, change: Change) -> Moved:
    old = store.report(change.before) if change.before else None
    new = store.report(change.after) if change.after else None
    return Moved(
        change.student, _mark(old), _mark(new), _why(change, old, new), moved_checks(old, new)
    )


def _mark(report: Report | None) -> float | None:
    return None if report is None or report.status == "fault" else report.score


def _why(change: Change, old: Report | None, new: Report | None) -> str:
    if old is None or new is None:
        return "was not in the earlier round" if old is None else "is not in the class any more"
    # By their bytes: earlier versions made other fingerprints.
    if not change.same_submission and old.submission_sha256 != new.submission_sha256:
        return "handed in another file"
    for report in (new, old):
        if report.status in ("fault", "unloadable"):
            return report.message
    return ""
