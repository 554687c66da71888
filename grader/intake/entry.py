"""What the intake hands on: one entry for each student, and what did not become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.submission import Submission


@dataclass(frozen=True, slots=True)
class Entry:
    """What one student handed in.

    Names come from students and platforms and are kept as they are; whoever shows them makes
    them inert first (:func:`grader.model.safe_text.inert`). They hold no lone surrogates, so they
    can be written as UTF-8.

    Attributes:
        student: Unique among the entries of an intake, and what people see. Does not depend on
            the roster, so it can key results.
        file: Where the submission was found, below the source; for people.
        submission: What is graded. If a student handed in something that cannot be graded (a PDF,
            a broken archive), its ``problem_with_file`` says so.
        notes: What an instructor should know: which of several files was taken, what was left.
        ids: What platform and roster know of the student. Keys, each only where it is known:
            ``name`` (in full, from the roster), ``email``, ``lms`` (the platform's own number:
            Canvas' user id, Moodle's participant), ``sis`` (the school's id), ``login``,
            ``section``.
    """

    student: str
    file: str
    submission: Submission
    notes: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the source that is not graded, and why; for people."""

    name: str
    reason: str
