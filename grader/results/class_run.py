"""Grading a class, top to bottom: an intake and a store in, everybody graded.

What the store knows already is not graded again, which is what makes a run that was killed go on
where it was, and one that is complete return at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Literal, Protocol

from filelock import FileLock, Timeout
from msgspec.structs import replace

import grader
from grader.errors import Fault, UsageError
from grader.grading.engine import Engine
from grader.grading.secret_seeds import drawn
from grader.intake.collect import Intake
from grader.intake.sources.trees import LOCK
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission
from grader.results.schema import Round, Row, fingerprint
from grader.results.store import Store

HOPELESS = 10
"""Faults in a row, and not one report, after which it must be the machine."""


class Progress(Protocol):
    """Is told how a run goes on. All counts are of students."""

    def begin(self, rows: Iterator[Row]) -> None:
        """The intake is known; ``rows`` tell what was graded in earlier runs."""

    def graded(self, report: Report, students: int) -> None:
        """A submission that so many students handed in has been graded."""


def grade_class(
    problem: Problem,
    intake: Intake,
    store: Store,
    progress: Progress,
    *,
    engine: Engine,
    seed: int | Literal["random"] | None = None,
    regrade: bool = False,
    allow_unisolated: bool = False,
) -> Round:
    """Grade what the store does not know yet; return the round, finished.

    A submission that could not be graded is kept as a fault, and tried again by the next run.

    Args:
        engine: Grades them, here or elsewhere.
        seed: Decides the generated examples; by default that of the round before, and one that
            nobody can know where there is none. ``random`` draws another, for a new round.
        regrade: Whether to grade everybody again.
        allow_unisolated: Grade even where something is open to submissions.

    Raises:
        UsageError: Another run is working on the same store.
        ProblemError: The problem package is broken.
        Fault: The machine cannot grade, or keeps submissions from too little.
    """
    with _alone(store):
        chosen = seed if isinstance(seed, int) else _seed(store, problem, another=seed is not None)
        round_ = store.begin(
            problem.slug, problem.digest, chosen, grader.__version__, regrade=regrade
        )
        store.register(intake, _left_out(intake))
        progress.begin(store.rows(round_))
        sources: dict[str, bytes] = {}
        waiting = _waiting(problem, intake, store, round_, sources)
        stream = engine(problem, waiting, seed=chosen, isolated=not allow_unisolated)
        with contextlib.closing(stream):
            faults: int | None = 0  # None once something could be graded
            for key, report in stream:
                assert isinstance(key, str)
                store.add(round_, key, sources.pop(key), report)
                progress.graded(report, store.shared_by(key))
                if report.status != "fault":
                    faults = None
                elif faults is not None and (faults := faults + 1) >= HOPELESS:
                    raise Fault(
                        f"none of the first {faults} submissions could be graded. The last:"
                        f" {report.message} Run the same command again when that is mended."
                    )
        store.finish(round_)
        return round_


def _seed(store: Store, problem: Problem, *, another: bool) -> int:
    """The seed of the round to go on with, or of a new one.

    The seed stays when the problem or the grader changes: so rounds can be compared. That of the
    problem is published, and does not stay. One that was drawn because another was asked for stays
    until its round is finished: the same command goes on with it.

    Args:
        another: Whether another than before is asked for.
    """
    rounds = store.rounds()
    if rounds and rounds[-1].slug == problem.slug:
        *earlier, last = rounds
        same = (last.problem, last.grader) == (problem.digest, grader.__version__)
        if another:
            known = {round_.seed for round_ in earlier}
            stays = same and not last.finished and last.seed not in known
        else:
            stays = same or last.seed != problem.settings.seed
        if stays:
            return last.seed
    return drawn()


@contextlib.contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Keep other runs off the store; the system lifts the lock when this process ends."""
    lock = FileLock(store.path.with_name(LOCK))
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        what = "another run is grading into this folder; wait for it, or name another with -o"
        raise UsageError(f"{store.path.parent}: {what}") from None


def _left_out(intake: Intake) -> Iterator[tuple[str, str]]:
    for skipped in intake.skipped:
        yield skipped.name, skipped.reason
    for listed in intake.missing:
        yield listed.name or next(iter(listed.ids.values()), ""), "handed in nothing"


def _waiting(
    problem: Problem, intake: Intake, store: Store, round_: Round, sources: dict[str, bytes]
) -> Iterator[tuple[str, Submission]]:
    """Submissions that are to be graded, each once; their bytes are in ``sources`` until stored.

    All are graded under one name, the problem's own: what two students share must not depend on
    whose file came first.
    """
    name = f"{problem.slug.replace('-', '_')}.py"
    for entry in intake:
        key = fingerprint(entry.submission)
        store.handed_in(entry.student, key)
        if key not in sources and not store.is_graded(round_, key):
            sources[key] = entry.submission.source
            yield key, replace(entry.submission, name=name)
