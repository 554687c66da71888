"""The report, as frozen values. No input or output, no rendering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec.structs import replace

CheckStatus = Literal["passed", "failed", "blocked", "timeout", "memory", "crashed", "fault"]
ReportStatus = Literal["passed", "failed", "unloadable", "fault"]
if TYPE_CHECKING:
    from grader.model.evidence import Evidence
else:
    Evidence = Mapping[str, Any]  # what is read keeps keys that a later version has added

SCHEMA = 1


def _nothing() -> Evidence:
    return {}


class CheckResult(msgspec.Struct, frozen=True):
    """What one check found.

    Attributes:
        id: The check's name in the problem's ``checks.py``, with parameters in brackets.
        title: What is checked, in plain words.
        group: A group of the problem's fixed vocabulary.
        points: Points earned, 0 or ``max_points``.
        max_points: This check's share of its group.
        status: ``blocked`` means that an earlier failure made this check impossible.
        message: Why it failed, written for a learner; empty for a pass.
        evidence: Plain data behind the message (see ``docs/report.md``); empty for a pass.
        reproduce: A Python script that shows the failure, or None where none can be made.
        output: What the student's code printed during this check.
        duration: Seconds.
        visibility: When a platform may show it to students: ``visible``, ``after_due_date``,
            ``after_published`` or ``hidden``, as its group has it in ``problem.toml``.
    """

    id: str
    title: str
    group: str
    points: float
    max_points: float
    status: CheckStatus
    message: str = ""
    evidence: Evidence = msgspec.field(default_factory=_nothing)
    reproduce: str | None = None
    output: str = ""
    duration: float = 0.0
    visibility: str = "visible"


class Diagnosis(msgspec.Struct, frozen=True):
    """A named misconception that explains failures of one group.

    Attributes:
        id: Short name, the same for everybody who has it.
        group: Of the checks that it makes fail; empty if it is about the file as a whole.
        title: What is wrong, in a sentence.
        hint: Leads without giving the answer away.
        confidence: 1 for what names and exceptions give away; for a mistake that predicts ``k``
            wrong values, and all the right ones, ``1 - 2**-k``; 0.5 for a mere description.
        why: Why it matters.
        stronger: A hint that leads further, for those who ask.
        checks: The ids of checks that show it, the best example first, where it was told by what
            these raised; empty where only values tell.
    """

    id: str
    group: str
    title: str
    hint: str
    confidence: float
    why: str = ""
    stronger: str = ""
    checks: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """The outcome of grading one submission against one problem with one seed.

    Two reports of the same submission, problem and seed are equal, durations aside.

    Attributes:
        status: ``passed`` for full marks; ``unloadable`` when there was nothing to call;
            ``fault`` when the grader, not the submission, failed.
        message: Why an unloadable or faulty submission could not be graded, else empty.
        evidence: Plain data behind ``message``, as in :class:`CheckResult`.
        notes: Deviations that cost nothing, and what was done to make a source of the file.
        output: What the submission printed while it was loaded.
        cells: Of a notebook, the number of each code cell and the line before its first, in the
            source that is made of the cells; what is said names cells and their lines.
        isolation: For each thing that isolation can refuse, whether it is refused.
        duration: Seconds.
    """

    problem: str
    problem_digest: str
    submission_name: str
    submission_sha256: str
    status: ReportStatus
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    message: str = ""
    evidence: Evidence = msgspec.field(default_factory=_nothing)
    diagnoses: tuple[Diagnosis, ...] = ()
    notes: tuple[str, ...] = ()
    output: str = ""
    seed: int = 0
    isolation: Mapping[str, bool] = msgspec.field(default_factory=dict)
    versions: Mapping[str, str] = msgspec.field(default_factory=dict)
    duration: float = 0.0
    cells: tuple[tuple[int, int], ...] = ()

    def named(self, name: str) -> Report:
        """The same report for the same file by another name; the message may tell the name."""
        message = self.message
        if self.status == "unloadable":
            message = message.replace(self.submission_name, name, 1)
        return replace(self, submission_name=name, message=message)
