"""Whether sample submissions are what their headers declare (:mod:`grader.model.sample_header`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.model.report import CheckResult, Report
from grader.model.sample_header import read_declaration

UNLOADABLE = "unloadable"

_POINTS = re.compile(rb"^# points:[^\r\n]*", re.M)
_FAILS = re.compile(rb"^# fails:[^\r\n]*(\r?\n?)", re.M)


def lost(report: Report) -> list[CheckResult]:
    """The checks that cost points."""
    return [check for check in report.checks if check.points < check.max_points]


def failing(report: Report) -> frozenset[str]:
    """The groups that lose points, or ``unloadable``."""
    if report.status == UNLOADABLE:
        return frozenset({UNLOADABLE})
    return frozenset(check.group for check in lost(report))


def faults_of_accepted(path: Path, report: Report) -> Iterator[str]:
    """What is not as it should be with a sample that is right; nothing if all is well."""
    if not read_declaration(path).about:
        yield "says nothing; write a comment '# style: what is special about it'"
    yield from faults_of_reference(report)


def faults_of_reference(report: Report) -> Iterator[str]:
    """What keeps a right solution from full marks."""
    if report.status != "passed":
        yield f"{report.status}, {report.score:g} points. {report.message}".rstrip()
        yield from (f"{check.id}: {check.message}" for check in lost(report))
    for diagnosis in report.diagnoses:
        yield f"nothing is wrong with it, and it is diagnosed as {diagnosis.id!r}"


def faults_of_rejected(path: Path, report: Report) -> Iterator[str]:
    """Where a sample that is wrong has another outcome than it declares."""
    try:
        declared = read_declaration(path)
    except ValueError as error:
        yield str(error)
        return
    if not declared.about:
        yield "says nothing; write a comment '# mistake: what its author believed'"
    if declared.fails is None:
        yield f"write a comment '# fails: GROUP, GROUP' (or: {UNLOADABLE})"
    else:
        text = _difference(declared.fails, failing(report), "fail", "fails")
        if text:
            yield f"{text}. {report.message}".rstrip()
    if declared.points is None:
        yield f"write a comment '# points: {report.score:g}'"
    elif abs(declared.points - report.score) > 0.005:
        yield f"gets {report.score:g} points, and declares {declared.points:g}"
    told = _told(report)
    for words in declared.says:
        if words not in told:
            yield f"the student is not told {words!r}"


def faults_of_diagnoses(path: Path, report: Report) -> Iterator[str]:
    """Where a sample that is wrong is diagnosed otherwise than it declares."""
    try:
        declared = read_declaration(path).diagnoses
    except ValueError:
        return  # told of the header as a whole
    found = named(report)
    if declared is None:
        shown = ", ".join(sorted(found)) or "nothing"
        yield f"write a comment '# diagnoses: ID, ID' (or: none); it is diagnosed as {shown}"
    elif text := _difference(declared, found, "be diagnosed as", "is diagnosed as"):
        yield text


def named(report: Report) -> frozenset[str]:
    """The ids of the mistakes that a report names."""
    return frozenset(diagnosis.id for diagnosis in report.diagnoses)


def _difference(wanted: frozenset[str], found: frozenset[str], should: str, does: str) -> str:
    parts = []
    if wanted - found:
        parts.append(f"should {should} {', '.join(sorted(wanted - found))} and does not")
    if found - wanted:
        parts.append(f"{does} {', '.join(sorted(found - wanted))} as well")
    return "; ".join(parts)


def _told(report: Report) -> str:
    """Everything that a report says in words."""
    hints = [f"{diagnosis.title} {diagnosis.hint}" for diagnosis in report.diagnoses]
    messages = [check.message for check in report.checks]
    return "\n".join([report.message, *messages, *hints, *report.notes])


def write_points(path: Path, report: Report) -> bool:
    """Write the points that a sample gets into its header, if it fails where it says.

    Returns:
        Whether the file was changed.
    """
    try:
        agreed = read_declaration(path).fails == failing(report)
    except ValueError:
        agreed = False
    if not agreed:
        return False
    before = path.read_bytes()
    line = f"# points: {report.score:g}".encode()
    after, count = _POINTS.subn(line, before, count=1)
    if not count:
        after = _FAILS.sub(lambda found: found[0] + line + (found[1] or b"\n"), before, count=1)
    path.write_bytes(after)
    return after != before
