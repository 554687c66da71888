"""Where in the student's file a failure is, as far as that can be told from outside.

The line that raised, else the head of the method that was called last. The file is searched as
text; it is never parsed.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.model.evidence import Evidence
from grader.model.report import CheckResult, Report
from grader.reporters import Page
from grader.reporters.parts.excerpts import lines_of

_CALL = re.compile(r"(?:\w+ = )?\w+\.([A-Za-z_]\w*)\(")
_MADE = re.compile(r"\w+ = ([A-Za-z_]\w*)\(")


def file_of(report: Report, page: Page) -> str:
    """The path of the file, with forward slashes."""
    return (page.file or report.submission_name).replace("\\", "/")


def below_here(file: Path) -> str:
    """A path as platforms want it: from the working folder on, if it is below."""
    return below(Path.cwd(), file)


def below(folder: Path, file: Path) -> str:
    """A path from a folder on, if it is below."""
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()


def line_of_check(check: CheckResult, report: Report, page: Page) -> int | None:
    """The line of the file that a failed check is about; None where there is none to name."""
    if _is_notebook(report):
        return None
    return _raised_at(check.evidence) or _method_at(check.evidence, page.source)


def line_of_loading(report: Report) -> int | None:
    """The line at which the file could not be loaded."""
    if _is_notebook(report):
        return None
    named = re.match(rf"{re.escape(report.submission_name)}:(\d+)", report.message)
    return _raised_at(report.evidence) or (int(named[1]) if named else None)


def _is_notebook(report: Report) -> bool:
    """Lines of a notebook's code are not lines of its file."""
    return bool(report.cells) or report.submission_name.lower().endswith(".ipynb")


def _raised_at(evidence: Evidence) -> int | None:
    frames = evidence.get("traceback") or []
    line = frames[-1]["line"] if frames else None
    return line if type(line) is int and line > 0 else None


def _method_at(evidence: Evidence, source: str) -> int | None:
    """The head of the method that was called last, in the class that was made."""
    calls = evidence.get("calls") or []
    made = next(filter(None, (_MADE.match(call) for call in calls)), None)
    name = next(filter(None, map(_called, reversed(calls))), None)
    if made is None or name is None:
        return None
    lines = lines_of(source)
    start = re.compile(rf"class[ \t]+{made[1]}\b")
    head = re.compile(rf"[ \t]+(?:async[ \t]+)?def[ \t]+{name}\b")
    first = next((n for n, line in enumerate(lines) if start.match(line)), 0)
    return next((n for n, line in enumerate(lines, 1) if n > first and head.match(line)), None)


def _called(call: str) -> str | None:
    called = _CALL.match(call)
    return called[1] if called else "__init__" if _MADE.match(call) else None
