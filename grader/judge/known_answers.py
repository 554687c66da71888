"""What submissions with full marks have answered: who answers alike gets full marks as well.

Of a class, most right files answer every question alike, to the last bit. Whoever does gets what
the first of them got, and no check is run again. That is no shortcut for cheats: they would have
to answer everything rightly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

from grader.judge.outcomes import Outcome, Trial
from grader.remote.student import Student
from grader.sandbox.transcript import Exchange, Transcript

MOST_KINDS, MOST_EACH = 32, 32
"""Interfaces, and transcripts of each: right files differ in last digits, as sums are taken."""
MOST_REQUESTS = 4096
"""Different requests that transcripts share; a problem has some fifty."""


class KnownAnswers:
    """The transcripts of submissions that have passed every check, and what is said of them."""

    def __init__(self) -> None:
        self._kinds: dict[Hashable, deque[tuple[Transcript, tuple[str, ...]]]] = {}
        self._requests: dict[bytes, bytes] = {}

    def recognize(self, student: Student) -> bool:
        """Whether a loaded submission answers everything as one did that has passed every check.

        Raises:
            StudentError, WorkerFailure: As loading the file does; it may have to be loaded again.
        """
        known = self._kinds.get(student.interface, ())
        found = student.rehearse([transcript for transcript, _ in known]) if known else None
        for transcript, notes in known:
            if transcript is found:
                for note in notes:
                    student.note(note)
                return True
        return False

    def keep(self, student: Student, trial: Trial) -> None:
        """Remember a submission that has passed every check and printed nothing."""
        recorded = student.recorded
        if recorded is None or not all(_is_plain(outcome) for outcome in trial.outcomes):
            return
        interface = student.interface
        if interface not in self._kinds and len(self._kinds) >= MOST_KINDS:
            del self._kinds[next(iter(self._kinds))]
        kind = self._kinds.setdefault(interface, deque(maxlen=MOST_EACH))
        transcript = tuple(self._shared(exchange) for exchange in recorded)
        kind.append((transcript, tuple(student.notes)))

    def _shared(self, exchange: Exchange) -> Exchange:
        """An exchange whose request, which nearly all have in common, is there once."""
        if len(self._requests) >= MOST_REQUESTS:
            self._requests.clear()
        request = self._requests.setdefault(exchange.request, exchange.request)
        return Exchange(request, exchange.answers)


def _is_plain(outcome: Outcome) -> bool:
    return outcome.error is None and not outcome.skipped and not outcome.output
