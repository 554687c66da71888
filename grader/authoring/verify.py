"""Proving that a problem package is sound, with its reference, samples and mutants."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from grader.authoring.claims import Finding, Kind, Trial, counted, judge_claims
from grader.authoring.diagnosis_claims import judge_naming
from grader.authoring.distortion.judged import CLAIM, judge_distortions
from grader.authoring.distortion.trying import Distorted, try_distortions
from grader.authoring.mutation import Mutant, mutants
from grader.authoring.reproducibility import (
    ORDERS,
    SURROUNDINGS,
    report_in,
    reports_in_order,
    same,
    verdict,
)
from grader.authoring.sample_headers import write_points
from grader.errors import ProblemError
from grader.grading.pool import grade_stream
from grader.model.problem import Library, Problem
from grader.model.submission import Submission, read_submission, submission_from

EVERY = 8
"""Of the rejected samples, every so manieth is graded with the checks in another order."""

Progress = Callable[[int, int], None]
"""Told how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out about a problem package.

    Attributes:
        trials: Everything that was graded: reference, starter, samples, mutants.
        distorted: What became of the distortions; None if the reference is no right solution.
        written: Samples whose declared points were rewritten.
        seconds: How long it took.
    """

    problem: Problem
    findings: tuple[Finding, ...]
    trials: tuple[Trial, ...]
    distorted: Distorted | None
    written: tuple[Path, ...]
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether every claim holds."""
        return all(finding.ok for finding in self.findings)


def verify_problem(
    problem: Problem,
    *,
    jobs: int,
    progress: Progress = lambda done, total: None,
    points: bool = False,
    thorough: bool = False,
) -> Proof:
    """Grade everything whose outcome is known beforehand, and judge the claims.

    Args:
        jobs: How many judges work side by side.
        points: Whether samples that fail where they say have their declared points rewritten.
        thorough: Whether all distortions are tried, and not a selection.

    Raises:
        ProblemError: The package is so broken that nothing can be graded.
        Fault: The grader or the machine failed.
    """
    started = time.perf_counter()
    _ = problem.vouched  # so that what is wrong with it is told at once
    findings = [_expected_is_current(problem)]
    again = 2 * len(SURROUNDINGS) + len(ORDERS)
    trials = try_everything(
        problem, jobs=jobs, progress=lambda done, total: progress(done, total + again)
    )
    written = tuple(
        trial.path
        for trial in trials
        if points and trial.kind == "rejected" and write_points(trial.path, trial.report)
    )
    findings += judge_claims(problem, trials)
    graded, total = len(trials), len(trials) + again
    same = _same_again(problem, trials, jobs, lambda done: progress(graded + done, total))
    findings.insert(2, same)
    findings.append(_nothing_unnoticed(problem, trials))
    findings += judge_naming(problem, trials)
    distorted, more = _distortions(
        problem, trials, jobs, thorough, lambda done, extra: progress(total + done, total + extra)
    )
    findings += more
    if problem.settings.conventions:
        findings.append(conventions_are_known(problem))
    seconds = time.perf_counter() - started
    return Proof(problem, tuple(findings), trials, distorted, written, seconds)


def try_everything(
    problem: Problem, *, jobs: int, progress: Progress = lambda done, total: None
) -> tuple[Trial, ...]:
    """Grade the reference, the starter, all samples and all mutants of the reference."""
    waiting = list(_waiting(problem))
    progress(0, len(waiting))
    reports = {}
    items = ((number, submission) for number, (_, _, submission, _) in enumerate(waiting))
    for number, report in grade_stream(problem, items, jobs=jobs):
        reports[number] = report
        progress(len(reports), len(waiting))
    return tuple(
        Trial(kind, path, submission, reports[number], mutant)
        for number, (kind, path, submission, mutant) in enumerate(waiting)
    )


def _waiting(problem: Problem) -> Iterator[tuple[Kind, Path, Submission, Mutant | None]]:
    """Everything that is graded, as a student would name it: our file names say the verdict."""
    name = f"{problem.slug.replace('-', '_')}.py"
    reference = problem.reference_path
    kinds: dict[Kind, list[Path]] = {
        "reference": [reference],
        "starter": [problem.starter_path],
        "accepted": problem.samples("accepted"),
        "rejected": problem.samples("rejected"),
    }
    for kind, paths in kinds.items():
        for path in paths:
            yield kind, path, replace(read_submission(path), name=name), None
    try:
        made = mutants(read_submission(reference).text)
    except SyntaxError as error:
        raise ProblemError(reference, error.lineno, error.msg) from None
    for mutant in made:
        yield "mutant", reference, submission_from(name, mutant.source.encode()), mutant


def _distortions(
    problem: Problem, trials: tuple[Trial, ...], jobs: int, thorough: bool, progress: Progress
) -> tuple[Distorted | None, list[Finding]]:
    """What became of the distortions of the reference, which has to be right itself."""
    if trials[0].report.status != "passed":
        why = "none was tried: first the reference has to get full marks"
        return None, [Finding(CLAIM, "", [why])]
    try:
        distorted = try_distortions(problem, jobs=jobs, thorough=thorough, progress=progress)
    except ProblemError as error:
        return None, [Finding(CLAIM, "", [str(error)])]
    return distorted, list(judge_distortions(problem, distorted))


# -- the same report again -----------------------------------------------------------------


def _same_again(
    problem: Problem, trials: tuple[Trial, ...], jobs: int, done: Callable[[int], None]
) -> Finding:
    """Whether hash seeds, threads and the order of the checks change nothing."""
    chosen = [trial for trial in trials if trial.kind in ("reference", "starter")]
    pairs = [(trial, name) for trial in chosen for name in SURROUNDINGS]
    details = []
    with ThreadPoolExecutor(jobs) as threads:
        found = threads.map(
            lambda pair: report_in(problem, pair[0].submission, SURROUNDINGS[pair[1]]), pairs
        )
        for number, ((trial, name), data) in enumerate(zip(pairs, found, strict=True), 1):
            done(number)
            if not same(trial.report, data):
                details.append(f"{problem.shown(trial.path)}: another report with {name}")
    chosen += [trial for trial in trials if trial.kind == "rejected"][::EVERY]
    for number, name in enumerate(ORDERS, len(pairs) + 1):
        again = reports_in_order(problem, [trial.submission for trial in chosen], ORDERS[name])
        done(number)
        for trial, report in zip(chosen, again, strict=True):
            if verdict(trial.report) != verdict(report):
                details.append(f"{problem.shown(trial.path)}: another verdict with the {name}")
    claim = "same reports with other hash seeds, threads, orders of checks"
    ways = len(SURROUNDINGS) + len(ORDERS)
    return Finding(claim, f"{ways} ways", details)


# -- what has full marks -------------------------------------------------------------------


def _nothing_unnoticed(problem: Problem, trials: tuple[Trial, ...]) -> Finding:
    """Whether what has full marks, or might have, differs from the reference in nothing."""
    from grader.authoring.unseen_differences import both_in, differences

    chosen = [(_shown(problem, t), t.submission) for t in trials if t.report.status == "passed"]
    chosen += both_in(problem)
    found = differences(problem, [submission for _, submission in chosen])
    faults = {
        name: [f"has full marks, and differs in {each}" for each in wrong]
        for (name, _), wrong in zip(chosen, found, strict=True)
    }
    return counted("what has full marks differs from the reference in nothing", len(chosen), faults)


def _shown(problem: Problem, trial: Trial) -> str:
    return problem.shown(trial.path) + (f": {trial.name}" if trial.mutant else "")


# -- expected.json -------------------------------------------------------------------------


def _expected_is_current(problem: Problem) -> Finding:
    from grader.judge.expected_values import compute_expected, same_values

    computed = compute_expected(problem)
    if computed is None and problem.expected is None:
        return Finding("there are no expected values to keep current")
    details = []
    if computed is None or not same_values(computed, problem.expected):
        what = f"{problem.shown(problem.expected_path)} differs from what the reference gives"
        details.append(f"{what}; run: grader verify {problem.slug} --write-expected")
    return Finding("expected.json is current", "", details)


# -- conventions ---------------------------------------------------------------------------


def conventions_are_known(problem: Problem) -> Finding:
    """Whether another problem knows the diagnoses that a solution to this one shows there."""
    from grader.judge.loading import load_rules

    library = Library(problem.library)
    others = [library.load(slug) for slug in library.slugs() if slug != problem.slug]
    known = [frozenset(load_rules(other).ids) for other in others]
    details = [
        f"{problem.shown(problem.folder / 'problem.toml')}: {convention.says!r}: no other problem"
        f" of this library knows all of: {', '.join(convention.shows)}"
        for convention in problem.settings.conventions
        if not any(ids.issuperset(convention.shows) for ids in known)
    ]
    total = len(problem.settings.conventions)
    claim = "conventions are known elsewhere by the diagnoses that they name"
    return Finding(claim, f"{total - len(details)} of {total}", details)


def write_expected_values(problem: Problem) -> Path:
    """Write ``expected.json`` from the reference solution and return its path.

    Raises:
        ProblemError: ``checks.py`` does not define ``expected_values``.
    """
    from grader.judge.expected_values import compute_expected

    computed = compute_expected(problem)
    if computed is None:
        what = "defines no function expected_values(reference)"
        raise ProblemError(problem.checks_path, None, what)
    text = json.dumps(computed, indent=1, allow_nan=False) + "\n"
    problem.expected_path.write_text(text, "utf-8")
    return problem.expected_path
