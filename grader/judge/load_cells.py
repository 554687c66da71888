"""Loading a submission; of a notebook, as many of its cells as are Python."""

from __future__ import annotations

import re

from msgspec.structs import replace

from grader.diagnosis.generic.load_errors import SYNTAX
from grader.judge.fixtures import Desk
from grader.judge.outcomes import Trial
from grader.model.submission import Submission
from grader.remote.steps import StudentError
from grader.sandbox.allowance import Allowance

MAX_LEFT_OUT = 16
"""Cells of a notebook that are left out, because they are not Python, before it is given up."""


def load(desk: Desk, trial: Trial, allowance: Allowance) -> None:
    """Load the file; note in the trial which cells of a notebook were left out for that.

    Jupyter runs one cell after the other: one that is not Python stops none of the others. The
    cell with the class is none of those that can be left out.

    Raises:
        StudentError, WorkerFailure: It could not be loaded.
    """
    heading = re.compile(rf"(class|def)\s+{re.escape(desk.problem.settings.entry)}\b")
    while True:
        try:
            return desk.student.load()
        except StudentError as error:
            given, line = trial.submission, error.detail.get("line")
            broken = given.cell_of(line) if type(line) is int else None
            if error.type_name not in SYNTAX or error.frames or broken is None:
                raise
            has_class = any(map(heading.match, given.in_cell(broken)))
            if has_class or len(given.left_out) == MAX_LEFT_OUT:
                raise
            why = f"line {line} is not Python {_why(error, given)}"
            trial.notes.append(f"a cell is left out, because {why}")
            trial.submission = replace(given, left_out=(*given.left_out, broken))
            desk.take(trial.submission, allowance)


def _why(error: StudentError, submission: Submission) -> str:
    line = error.detail["line"]
    text = submission.lines[line - 1].strip()[:60] if 0 < line <= len(submission.lines) else ""
    reason = f"({str(error.detail.get('reason')).partition(' (detected')[0]})"
    return f"{reason}: {text}" if text else reason
