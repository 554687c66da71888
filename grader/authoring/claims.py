"""What is claimed about a problem package, and whether the reports bear it out."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from grader.authoring.mutation import Mutant
from grader.authoring.sample_headers import (
    faults_of_accepted,
    faults_of_reference,
    faults_of_rejected,
    lost,
)
from grader.model.problem import Problem
from grader.model.problem_toml import Equivalent, read_text
from grader.model.report import CheckResult, Report
from grader.model.submission import Submission

Kind = Literal["reference", "starter", "accepted", "rejected", "mutant"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim, and whether it holds.

    Attributes:
        figure: The claim in numbers, e.g. "94 of 94".
        details: Where it does not hold, and what to do; a line each, none if it does.
    """

    claim: str
    figure: str = ""
    details: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the claim holds."""
        return not self.details


class Trial(msgspec.Struct, frozen=True):
    """A file whose outcome is known beforehand, and its report.

    Attributes:
        path: The file; for a mutant that of the reference.
    """

    kind: Kind
    path: Path
    submission: Submission
    report: Report
    mutant: Mutant | None = None

    @property
    def name(self) -> str:
        """For people."""
        if self.mutant is None:
            return self.path.stem
        return f"{self.mutant.scope}: {self.mutant.change}"


def judge_claims(problem: Problem, trials: Sequence[Trial]) -> Iterable[Finding]:
    """Yield what the reports of all samples and mutants prove, or do not."""
    by_kind: dict[Kind, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_kind[trial.kind].append(trial)
    (reference,), (starter,) = by_kind["reference"], by_kind["starter"]
    wrong = [*by_kind["rejected"], *by_kind["mutant"]]
    yield _reference(problem, reference)
    yield _starter(problem, starter)
    yield _accepted(problem, by_kind["accepted"])
    yield _rejected(problem, by_kind["rejected"])
    yield _mutants(problem, by_kind["mutant"])
    yield _equivalents(problem, by_kind["mutant"])
    checks = {c.id: c.group for c in reference.report.checks if c.max_points}
    yield _can_fail(problem, checks, wrong)
    yield _needed(problem, checks, wrong)


# -- samples -------------------------------------------------------------------------------


def counted(claim: str, total: int, faults: dict[str, list[str]]) -> Finding:
    """A finding about ``total`` things, from what is wrong with some of them, by their places."""
    bad = {place: lines for place, lines in faults.items() if lines}
    details = [f"{place}: {line}" for place, lines in bad.items() for line in lines]
    return Finding(claim, f"{total - len(bad)} of {total}", details)


def _reference(problem: Problem, trial: Trial) -> Finding:
    report = trial.report
    where = problem.shown(trial.path)
    details = [f"{where}: {fault}" for fault in faults_of_reference(report)]
    return Finding("the reference gets full marks", f"{report.score:g} points", details)


def _starter(problem: Problem, trial: Trial) -> Finding:
    report = trial.report
    low = report.status == "failed" and report.score < report.max_score / 2
    details = [] if low else [f"{problem.shown(trial.path)}: {report.status}. {report.message}"]
    claim = "the starter loads and gets less than half of the marks"
    return Finding(claim, f"{report.score:g} points", details)


def _accepted(problem: Problem, trials: Sequence[Trial]) -> Finding:
    faults = {problem.shown(t.path): list(faults_of_accepted(t.path, t.report)) for t in trials}
    return counted("accepted samples get full marks", len(trials), faults)


def _rejected(problem: Problem, trials: Sequence[Trial]) -> Finding:
    faults = {problem.shown(t.path): list(faults_of_rejected(t.path, t.report)) for t in trials}
    return counted("rejected samples get what they declare", len(trials), faults)


# -- mutants -------------------------------------------------------------------------------


def _mutants(problem: Problem, trials: Sequence[Trial]) -> Finding:
    listed = {_key(entry) for entry in problem.vouched.equivalent}
    details: dict[str, list[str]] = {}
    killed = 0
    for trial in trials:
        mutant = trial.mutant
        assert mutant is not None
        where = f"{problem.shown(trial.path)}:{mutant.line}"
        if trial.report.status == "fault":
            details[str(mutant.key)] = [f"{where}: {trial.report.message}"]
        elif trial.report.status != "passed":
            killed += 1
        elif mutant.key not in listed:
            details[str(mutant.key)] = _survivor(problem, where, mutant)
    lines = [line for each in details.values() for line in each]
    return Finding("mutants of the reference are killed", f"{killed} of {len(trials)}", lines)


def _survivor(problem: Problem, where: str, mutant: Mutant) -> list[str]:
    quoted = {
        name: json.dumps(getattr(mutant, name), ensure_ascii=False)
        for name in ("scope", "statement", "change")
    }
    return [
        f"{where}: {mutant.change}: no check fails",
        *(f"    {line}" for line in mutant.diff.splitlines()),
        "  Add a check that fails for it; or, if it is a right solution as well, write into",
        f"  {problem.shown(problem.vouched_path)}:",
        "    [[equivalent]]",
        *(f"    {name} = {value}" for name, value in quoted.items()),
        '    reason = "why no check may fail for it"',
    ]


def _equivalents(problem: Problem, trials: Sequence[Trial]) -> Finding:
    entries = problem.vouched.equivalent
    by_key = {trial.mutant.key: trial for trial in trials if trial.mutant}
    details: dict[str, list[str]] = {}
    for entry in entries:
        shown = f"{problem.shown(problem.vouched_path)}: {entry.scope}: {entry.change}"
        trial = by_key.get(_key(entry))
        if trial is None:
            details[shown] = ["there is no such mutant any more; delete the entry"]
        elif trial.report.status != "passed":
            killers = ", ".join(check.id for check in lost(trial.report)) or trial.report.status
            details[shown] = [f"it is killed ({killers}); delete the entry"]
    return counted("mutants listed as right solutions are just that", len(entries), details)


def _key(entry: Equivalent) -> tuple[str, str, str]:
    return (entry.scope, entry.statement, entry.change)


# -- checks --------------------------------------------------------------------------------


def _can_fail(problem: Problem, checks: dict[str, str], wrong: Sequence[Trial]) -> Finding:
    failed = {check.id for trial in wrong for check in lost(trial.report) if _finds(check)}
    failed |= checks.keys() - _written(problem)
    details = {
        f"{problem.shown(problem.checks_path)}: {check}": ["fails for no sample and no mutant"]
        for check in checks
        if check not in failed
    }
    return counted("every check fails for something", len(checks), details)


def _finds(check: CheckResult) -> bool:
    """Whether a check found something itself, and was not just impossible."""
    return check.status != "blocked"


def needed_checks(wrong: Iterable[Trial]) -> set[str]:
    """The checks without which some mistake would cost its group nothing.

    That is: for some sample or mutant it is the only check of its group that fails. What happens
    in other groups does not count: a mistake may cost points in several, and has to in each.
    """
    needed = set()
    for trial in wrong:
        by_group = defaultdict(list)
        for check in lost(trial.report):
            by_group[check.group].append(check)
        needed |= {
            found[0].id for found in by_group.values() if len(found) == 1 and _finds(found[0])
        }
    return needed


def _written(problem: Problem) -> set[str]:
    """The checks that an author has written; those that follow from scenarios need no reason."""
    return set(re.findall(r"^def (test_\w+)", read_text(problem.checks_path), re.M))


def _needed(problem: Problem, checks: dict[str, str], wrong: Sequence[Trial]) -> Finding:
    needed = needed_checks(wrong)
    checks = {check: group for check, group in checks.items() if check in _written(problem)}
    vouched = {entry.check for entry in problem.vouched.redundant}
    details: dict[str, list[str]] = {}
    for check, group in checks.items():
        if check not in needed and check not in vouched:
            details[f"{problem.shown(problem.checks_path)}: {check}"] = [
                f"never fails without another check of {group}: write a sample that only it finds,"
                f" or say what it is good for under [[redundant]] in {problem.vouched_path.name}"
            ]
    for check in vouched - (checks.keys() - needed):
        why = "is needed" if check in needed else "does not exist"
        place = f"{problem.shown(problem.vouched_path)}: {check}"
        details[place] = [f"{why}; delete the entry"]
    claim = "every check finds what no other of its group does"
    finding = counted(claim, len(checks), details)
    return Finding(claim, f"{len(needed & checks.keys())} of {len(checks)}", finding.details)
