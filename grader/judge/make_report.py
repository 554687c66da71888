"""From what a trial found to a report: statuses, messages, points, one cause shown once."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import hypothesis
import numpy as np
import pytest

import grader
from grader.checks.expect import CheckFailed
from grader.diagnosis.generic.entry_lookup import place_of
from grader.diagnosis.generic.pasted_text import pasted
from grader.diagnosis.generic.unavailable_modules import unavailable
from grader.diagnosis.source_scan import Source
from grader.errors import ProblemError
from grader.judge.cell_positions import in_cells
from grader.judge.make_script import Given, write_script
from grader.judge.outcomes import Outcome, Trial, cause_of, points_of
from grader.model.evidence import Evidence, Frame
from grader.model.problem import Problem
from grader.model.report import CheckResult, CheckStatus, Report, ReportStatus
from grader.model.submission import Submission
from grader.remote.steps import (
    Call,
    Define,
    GetAttribute,
    Named,
    Overrun,
    ReadValue,
    Seed,
    Step,
    StudentError,
)
from grader.sandbox.failures import WorkerFailure

MAX_SCRIPTS = 2_000_000
"""Characters of scripts that are written at all; of these a report holds the first."""


def make_report(
    problem: Problem,
    trial: Trial,
    *,
    seed: int,
    isolation: Mapping[str, bool],
    only: str | None = None,
) -> Report:
    """Turn a trial into a report.

    Raises:
        ProblemError: A check failed in a way that no submission can be blamed for.
    """
    points = points_of(problem, [outcome.check for outcome in trial.outcomes])
    maximum = sum(g.points for g in problem.settings.groups if only in (None, g.id))
    status: ReportStatus
    message, checks = "", list[CheckResult]()
    evidence: Evidence = {}
    reason = _unloadable(problem, trial)
    if reason is not None:
        status, (message, evidence) = "unloadable", reason
    else:
        checks = _results(problem, trial, points)
        status = "passed" if all(check.status == "passed" for check in checks) else "failed"
    earned = sum((points[c.id] for c in checks if c.status == "passed"), start=Fraction())
    report = Report(
        problem=problem.slug,
        problem_digest=problem.digest,
        submission_name=trial.submission.name,
        submission_sha256=trial.submission.sha256,
        status=status,
        score=round(float(earned), 2),
        max_score=maximum,
        checks=tuple(checks),
        message=message,
        evidence=evidence,
        diagnoses=tuple(trial.diagnoses),
        notes=(*trial.submission.notes, *trial.notes),
        output=trial.output,
        seed=seed,
        isolation=dict(isolation),
        versions=versions(),
        duration=trial.seconds,
    )
    told = tuple(trial.notes)
    return in_cells(report, trial.submission, told) if trial.submission.cells else report


@cache
def versions() -> dict[str, str]:
    """Versions of what can change a report."""
    return {
        "grader": grader.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pytest": pytest.__version__,
        "hypothesis": hypothesis.__version__,
    }


# -- what could not be loaded ------------------------------------------------------------


def _unloadable(problem: Problem, trial: Trial) -> tuple[str, Evidence] | None:
    """Why there was nothing to call, for the student, or None."""
    submission, error = trial.submission, trial.load_error
    name = submission.name
    if submission.problem_with_file:
        where = f"{name}:{submission.line}" if submission.line else name
        return f"{where}: {submission.problem_with_file}.", {"kind": "file"}
    if isinstance(error, WorkerFailure):
        return f"While {name} was being loaded, it {error}.", {"kind": error.kind}
    if error is not None:
        return _load_message(submission, error), _raised(submission, error)
    entry = problem.settings.entry
    if not trial.has_entry(problem):
        return _no_entry(entry, problem.entry_kind, trial), {"kind": "missing"}
    return None


def _load_message(submission: Submission, error: StudentError) -> str:
    name, lines = submission.name, submission.lines
    if error.type_name in ("SyntaxError", "IndentationError", "TabError"):
        if found := pasted(Source(lines), error):
            return f"{name}:{found.line}: not Python: {found.what}. {found.told.text.stronger}"
        line = error.detail.get("line") if type(error.detail.get("line")) is int else None
        text = f"{name}:{line}: {error.type_name}: {error.detail.get('reason')}."
        if error.type_name == "TabError":
            text += " Indent with spaces only; editors can convert tabs."
        elif Source(lines).cut_off(
            line, str(error.detail.get("reason")), error.detail.get("column")
        ):
            text += " The file seems to end too early: was all of it pasted?"
        return text
    where = f"{name}:{error.line}" if error.line else name
    if away := unavailable(error, _line_text(lines, error.line)):
        return f"{where}: {_not_there(*away)}; if it is not needed, delete the line."
    if error.type_name == "ModuleNotFoundError":
        module = error.detail.get("module")
        return (
            f"{where}: the module {module!r} is not available. NumPy and Python's standard"
            " library are; if the import is not needed, delete the line."
        )
    if error.type_name == "SystemExit":
        return f"{where}: the file ends the program (sys.exit) while it is being imported."
    if error.type_name == "EOFError" and "input" in _line_text(lines, error.line):
        return (
            f"{where}: input() waits for somebody to type, and nobody is there. Put code that"
            " asks questions under: if __name__ == '__main__':"
        )
    return f"{where}: {error} (while the file was being imported)"


def _no_entry(entry: str, kind: str, trial: Trial) -> str:
    name = trial.submission.name
    if found := Source(trial.submission.lines).enclosed(entry):
        return f"{name}:{found.line}: the {kind} {entry!r} stands {place_of(found)}."
    text = f"{name}: there is no {kind} {entry!r} in the file."
    of_kind, of_other = sorted(trial.classes), sorted(trial.functions)
    other = "function"
    if kind == "function":
        of_kind, of_other, other = of_other, of_kind, "class"
    if entry in of_other:
        return f"{text} {entry!r} is a {other} there; it has to be a {kind}."
    if of_kind:
        return f"{text} It defines {', '.join(map(repr, of_kind[:5]))}."
    return f"{text} It defines no {kind} at all."


# -- checks ------------------------------------------------------------------------------


def _results(problem: Problem, trial: Trial, points: Mapping[str, Fraction]) -> list[CheckResult]:
    results: list[CheckResult] = []
    seen: dict[Any, Outcome] = {}
    submission = trial.submission
    given = Given(
        submission.python_name,
        Source(submission.lines),
        problem.provided_sources,
        problem.provided_names,
    )
    room = MAX_SCRIPTS
    for outcome in trial.outcomes:
        cause = cause_of(outcome.error)
        first = seen.setdefault(cause, outcome) if cause is not None else outcome
        results.append(
            _result(problem, trial.submission, outcome, first, points, given if room > 0 else None)
        )
        room -= len(results[-1].reproduce or "")
    order = [group.id for group in problem.settings.groups]
    return sorted(results, key=lambda result: order.index(result.group))


def _shown_points(points: Fraction) -> float:
    return round(float(points), 4)


def _result(
    problem: Problem,
    submission: Submission,
    outcome: Outcome,
    first: Outcome,
    points: Mapping[str, Fraction],
    given: Given | None,
) -> CheckResult:
    check, error = outcome.check, outcome.error
    common: dict[str, Any] = {
        "id": check.id,
        "title": check.title,
        "group": check.group,
        "visibility": problem.visibility(check.group),
        "max_points": _shown_points(points[check.id]),
        "output": outcome.output,
        "duration": outcome.seconds,
    }
    if outcome.skipped:
        return CheckResult(points=0.0, status="blocked", message=outcome.skipped, **common)
    if error is None:
        return CheckResult(points=common["max_points"], status="passed", **common)
    if first is not outcome:
        why = f"Not possible because of the failure in “{first.check.title}”."
        by: Evidence = {"kind": "blocked", "by": first.check.id}
        return CheckResult(points=0.0, status="blocked", message=why, evidence=by, **common)
    status, message, evidence = _explain(problem, submission, outcome)
    yours = getattr(error, "yours", None)
    steps = outcome.steps_to_failure
    evidence = {**evidence, "calls": [str(s) for s in steps if _shown(s, yours, steps)]}
    if outcome.lines:
        evidence["lines"] = list(outcome.lines)
    if outcome.example:
        evidence["example"] = {name: str(value) for name, value in outcome.example.items()}
    script = None
    if given is not None:
        script = write_script(
            title=check.title,
            message=message,
            steps=steps,
            evidence=evidence,
            yours=yours,
            given=given,
        )
    return CheckResult(
        points=0.0, status=status, message=message, evidence=evidence, reproduce=script, **common
    )


def _shown(step: Step, yours: Any, steps: Sequence[Step]) -> bool:
    """Whether a step helps a reader: reading an attribute only if it is the one in question.

    Functions that the judge has defined for itself are no business of a reader's.
    """
    if isinstance(step, GetAttribute | ReadValue):
        return step.gave(yours, "")
    return isinstance(step, Named | Define) and not _is_own(step, steps)


def _is_own(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a step calls a function that the judge has defined, or defines some."""
    if isinstance(step, Define):
        return not step.source.startswith("class ")
    defined = (other.result for other in steps if isinstance(other, Define))
    return isinstance(step, Call) and any(step.target is module for module in defined)


def _explain(
    problem: Problem, submission: Submission, outcome: Outcome
) -> tuple[CheckStatus, str, Evidence]:
    error = outcome.error
    if isinstance(error, CheckFailed):
        return "failed", error.message, error.evidence
    if isinstance(error, Overrun):
        return (
            error.failure.kind,
            f"{error.call} {error.failure}.",
            _ended(submission, error.failure),
        )
    if isinstance(error, StudentError):
        status: CheckStatus = "memory" if error.type_name == "MemoryError" else "failed"
        own = error.step is not None and _is_own(error.step, outcome.steps)
        call = ("Your code" if error.frames else "The file") if own else error.call
        return status, _raised_message(submission, error, call), _raised(submission, error)
    if isinstance(error, WorkerFailure):
        return error.kind, f"{_underway(error)} {error}.", _ended(submission, error)
    if isinstance(error, AssertionError):
        return "failed", str(error).partition("\nassert")[0] or "The check failed.", {}
    path, line = outcome.where or (str(problem.checks_path), None)
    what = f"check {outcome.check.id!r} itself failed: {type(error).__name__}: {error}"
    raise ProblemError(path, line, what) from error


def _ended(submission: Submission, failure: WorkerFailure) -> Evidence:
    evidence: Evidence = {"kind": failure.kind}
    if failure.line:
        evidence["traceback"] = [_frame(submission, failure.line, "")]
    return evidence


def _underway(failure: WorkerFailure) -> str:
    """What a worker that failed was doing, where that can be told: it may have been asked a lot."""
    asked = [step for step in failure.steps if not isinstance(step, Seed)]
    seen = [step for step in asked if failure.function and failure.function == step.function]
    if len(asked) > 1 and not seen:
        return "The code"
    return str((seen or asked or ["The code"])[-1])


def _not_there(kind: str, name: str) -> str:
    return f"the {kind} {name!r} cannot be used where submissions run"


def _raised_message(submission: Submission, error: StudentError, call: str) -> str:
    if error.type_name == "NotImplementedError":
        written = f": {error.message}" if error.message else ""
        return f"{call} is not written yet{written}."
    where = f" (line {error.line})" if error.line else ""
    if found := unavailable(error, _line_text(submission.lines, error.line)):
        return f"{call} raised {error.type_name}{where}: {_not_there(*found)}."
    missing = re.fullmatch(r"'\w+' object has no attribute '(\w+)'", error.message)
    if error.type_name == "AttributeError" and missing and not error.frames:
        return f"{call} was asked for, and there is no attribute or method {missing[1]!r}."
    return f"{call} raised {error}{where}."


def _raised(submission: Submission, error: StudentError) -> Evidence:
    evidence: Evidence = {"kind": "raised", "type": error.type_name, "text": error.message}
    evidence["traceback"] = [_frame(submission, *frame) for frame in error.frames]
    line, column = error.detail.get("line"), error.detail.get("column")
    if error.type_name != "SyntaxError":  # of an indentation, Python names the end of the line
        column = None
    if not error.frames and type(line) is int:
        found = pasted(Source(submission.lines), error)
        line, column = (found.line, None) if found and found.line != line else (line, column)
        evidence["traceback"] = [_frame(submission, line, "", column)]
    columns = [error.detail.get("from"), error.detail.get("to")]
    if evidence["traceback"] and (marked := _marked(submission, evidence["traceback"], columns)):
        evidence["marked"] = marked
    return evidence


def _marked(
    submission: Submission, frames: Sequence[Frame], columns: Sequence[Any]
) -> list[int] | None:
    """Which characters of the last frame's ``source`` raised, from the bytes of its line."""
    line = _line_text(submission.lines, frames[-1]["line"])
    if [type(column) for column in columns] != [int, int]:
        return None
    cut = [len(_bytes(line)[: max(0, at)].decode("utf-8", "ignore")) for at in columns]
    indent = len(line) - len(line.lstrip())
    length = len(line.strip())
    start, end = (min(max(0, at - indent), length) for at in cut)
    return [start, end] if start < end else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _frame(submission: Submission, line: int, function: str, column: object = None) -> Frame:
    text = _line_text(submission.lines, line)
    frame: Frame = {
        "line": line,
        "function": function if function != "<module>" else "",
        "source": text.strip(),
    }
    if type(column) is int and 0 < column <= len(text.rstrip()) + 1:
        frame["column"] = max(1, column - (len(text) - len(text.lstrip())))
    return frame


def _line_text(lines: Sequence[str], line: int | None) -> str:
    return lines[line - 1][:200] if line and 0 < line <= len(lines) else ""
