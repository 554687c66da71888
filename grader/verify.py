"""Room: proving that a problem package is sound, with its own reference and samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import ProblemError
from grader.grading import grade_all
from grader.problem import Problem
from grader.report import Report
from grader.submission import Submission, read_submission

_FAILS = re.compile(r"^# fails:[ \t]*(.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim about a problem, and whether it holds.

    Attributes:
        details: Where it does not hold, and what to do; a line each.
    """

    claim: str
    ok: bool
    details: list[str] = field(default_factory=list)


def verify_problem(problem: Problem) -> Iterator[Finding]:
    """Yield one finding after the other.

    Raises:
        ProblemError: The package is so broken that nothing can be graded.
    """
    yield _expected_is_current(problem)
    accepted, rejected = problem.samples("accepted"), problem.samples("rejected")
    paths = [problem.reference_path, problem.starter_path, *accepted, *rejected]
    reports: list[Report] = []
    grade_all(problem, [_named(problem, path) for path in paths], reports.append)
    by_path = dict(zip(paths, reports, strict=True))
    yield _full_marks("the reference gets full marks", by_path, [problem.reference_path])
    starter = by_path[problem.starter_path]
    low = starter.status == "failed" and starter.score < starter.max_score / 2
    details = [] if low else [f"{problem.starter_path}: {starter.status}, {starter.score} points"]
    yield Finding("the starter loads and gets less than half of the marks", low, details)
    yield _full_marks(f"{len(accepted)} accepted samples get full marks", by_path, accepted)
    yield _declared(f"{len(rejected)} rejected samples fail where they say", by_path, rejected)


def _named(problem: Problem, path: Path) -> Submission:
    """A sample as a student would name it: the library's own file names say the verdict."""
    found = read_submission(path)
    return Submission(
        f"{problem.slug.replace('-', '_')}.py", found.source, found.problem_with_file, found.line
    )


def _full_marks(claim: str, reports: dict[Path, Report], paths: list[Path]) -> Finding:
    details = []
    for path in paths:
        report = reports[path]
        if report.status != "passed":
            details.append(f"{path}: {report.status}, {report.score} points. {report.message}")
            details += [f"  {check.id}: {check.message}" for check in _lost(report)]
    return Finding(claim, not details, details)


def _declared(claim: str, reports: dict[Path, Report], paths: list[Path]) -> Finding:
    details = []
    for path in paths:
        header = _FAILS.search(path.read_text("utf-8", "replace"))
        if header is None:
            details.append(f"{path}:1: says nothing; write a comment '# fails: GROUP, GROUP'")
            continue
        wanted = {name.strip() for name in header[1].split(",")}
        found = {check.group for check in _lost(reports[path])}
        if reports[path].status == "unloadable":
            details.append(f"{path}: could not be loaded. {reports[path].message}")
        elif found != wanted:
            missing, extra = ", ".join(sorted(wanted - found)), ", ".join(sorted(found - wanted))
            text = f"should fail {missing} and does not; " if missing else ""
            text += f"fails {extra} as well; " if extra else ""
            details.append(f"{path}: {text.rstrip('; ')}")
    return Finding(claim, not details, details)


def _lost(report: Report) -> list[Any]:
    return [check for check in report.checks if check.points < check.max_points]


# -- expected.json -------------------------------------------------------------------------


def _expected_is_current(problem: Problem) -> Finding:
    from grader.judge.expected import compute_expected, same_values

    claim = "expected.json is current"
    computed = compute_expected(problem)
    if computed is None and problem.expected is None:
        return Finding("there are no expected values to keep current", True)
    if computed is not None and same_values(computed, problem.expected):
        return Finding(claim, True)
    what = f"{problem.expected_path} differs from what the reference gives"
    return Finding(claim, False, [f"{what}; run: grader verify {problem.slug} --write-expected"])


def write_expected_values(problem: Problem) -> Path:
    """Write ``expected.json`` from the reference solution and return its path.

    Raises:
        ProblemError: ``checks.py`` does not define ``expected_values``.
    """
    from grader.judge.expected import compute_expected

    computed = compute_expected(problem)
    if computed is None:
        what = "defines no function expected_values(reference)"
        raise ProblemError(problem.checks_path, None, what)
    text = json.dumps(computed, indent=1, allow_nan=False) + "\n"
    problem.expected_path.write_text(text, "utf-8")
    return problem.expected_path
