"""Trying one submission: the checks one after the other, what they raise, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from grader.checks.expect import CheckFailed
from grader.diagnosis.generic.entry_lookup import note_on_two
from grader.diagnosis.source_scan import Source
from grader.errors import Fault, ProblemError
from grader.judge.fixtures import Desk, charge_liberties, keep_account
from grader.judge.inspect_failures import Looker
from grader.judge.known_answers import KnownAnswers
from grader.judge.load_cells import load
from grader.judge.load_notes import load_notes, why_missing
from grader.judge.loading import line_in
from grader.judge.outcomes import Check, Outcome, Trial, points_of
from grader.judge.pytest_items import origin, run_item
from grader.judge.trace_lines import follow_failures
from grader.model.submission import Submission, submission_from
from grader.remote.steps import StudentError
from grader.sandbox.allowance import Allowance, limited_memory
from grader.sandbox.failures import WorkerFailure

MAX_OVERRUNS = 3
"""Limits that a submission may run into before the rest of its checks is left out."""


class Attempts:
    """Tries one submission after the other on the collected checks.

    Args:
        checks: By the id of their pytest item, in the order in which a trial has them.
        looker: Finds out why checks failed.
        brief: Whether nothing is found out about what fails.
        differences: Whether what passes all checks is looked at with all aspects nevertheless.
    """

    def __init__(
        self,
        desk: Desk,
        checks: Mapping[str, Check],
        looker: Looker,
        brief: bool,
        differences: bool,
    ) -> None:
        self._desk = desk
        self._checks = checks
        self._looker = looker
        self._brief = brief
        self._differences = differences
        self._known = KnownAnswers()
        self._suited: dict[str, bool] = {}

    def attempt(self, submission: Submission, items: list[pytest.Item]) -> Trial:
        """Try a submission; once more if something outside killed one of its processes.

        All of it again, and not the check that was hit: then no state of the submission's is
        missing, and the report is that of a run without disturbance. The file cannot know that it
        is run a second time.
        """
        allowance = Allowance(self._desk.problem.settings.limits.submission_seconds)
        with limited_memory():
            trial, lost = self._try_once(submission, items, allowance, again=False)
            if lost is not None:
                trial, lost = self._try_once(submission, items, allowance, again=True)
            if lost is not None and not lost.started:
                raise Fault(f"a worker {lost}, twice, before it had run anything")
        by_check = {self._checks[item.nodeid].id: item for item in items}
        for outcome in trial.outcomes:
            item = by_check[outcome.check.id]
            if _stumbled(outcome.error) and self._suits_reference(self._repeat, item, items[0]):
                outcome.error = _unfit(outcome.error)
        for item, error in self._looker.stumbled:
            if not self._suits_reference(self._looker.see, item, items[0]):
                path = self._desk.problem.checks_path
                what = f"{item.name} itself failed: {type(error).__name__}: {error}"
                raise ProblemError(path, line_in(error, path), what) from error
        return trial

    def _try_once(
        self,
        submission: Submission,
        items: list[pytest.Item],
        allowance: Allowance,
        again: bool,
    ) -> tuple[Trial, WorkerFailure | None]:
        """A trial, and how a worker was killed from outside, if one was."""
        lost = None
        self._looker.stumbled.clear()
        started = time.perf_counter()
        trial = Trial(submission)
        if not submission.problem_with_file:
            self._desk.take(submission, allowance)
            student = self._desk.student
            entry = self._desk.problem.settings.entry
            try:
                load(self._desk, trial, allowance)
                trial.classes, trial.functions = student.classes, student.functions
                trial.output = student.take_output()
                if not trial.has_entry(self._desk.problem):
                    trial.load_error = why_missing(entry, student.events)
                else:
                    known = not (again or self._differences) and self._known.recognize(student)
                    if known:
                        trial.outcomes = [Outcome(self._checks[item.nodeid]) for item in items]
                    else:
                        student.record()
                        self._run_checks(trial, items, allowance, go_on=again)
                    own_order = list(self._checks.values())
                    trial.outcomes.sort(key=lambda outcome: own_order.index(outcome.check))
                    if not known:
                        self._conclude(trial, items[0])
            except (StudentError, WorkerFailure) as error:
                trial.load_error = error
                trial.output = student.take_output()
            finally:
                student.close()
            trial.notes += [*load_notes(entry, student.events), *sorted(student.notes)]
            if entry in trial.classes:
                trial.notes += note_on_two(Source(submission.lines), entry)
            lost = student.lost
        if not trial.outcomes and not self._brief:
            trial.diagnoses = self._looker.recognize(trial)
        trial.seconds = time.perf_counter() - started
        return trial, lost

    def _conclude(self, trial: Trial, item: pytest.Item) -> None:
        """Settle what depends on all checks, and find out why some failed."""
        student = self._desk.student
        checks = (outcome.check for outcome in trial.outcomes)
        trial.settle_waivers(points_of(self._desk.problem, checks))
        trial.settle_unwritten(self._desk.problem.settings.entry)
        trial.settle_variants()
        trial.renamed = student.liberties.names
        self._known.keep(student, trial)
        if not self._brief:
            trial.diagnoses = self._looker.name_mistakes(trial, item)
            follow_failures(trial, student)
            student.take_output()
        if self._differences and not trial.failing:
            trial.differences = self._looker.find_differences(item)

    def _run_checks(
        self, trial: Trial, items: list[pytest.Item], allowance: Allowance, go_on: bool
    ) -> None:
        overruns: dict[int, BaseException] = {}
        for number, item in enumerate(items):
            outcome = Outcome(self._checks[item.nodeid])
            trial.outcomes.append(outcome)
            if len(overruns) >= MAX_OVERRUNS:
                outcome.skipped = f"not run: {MAX_OVERRUNS} checks had run into a limit before it"
            elif allowance.is_over:
                outcome.skipped = f"not run: {allowance.told}"
            if outcome.skipped:
                continue
            self._run_check(outcome, item, items[(number + 1) % len(items)])
            if self._desk.student.lost is not None and not go_on:
                return
            if isinstance(outcome.error, WorkerFailure):
                overruns[id(outcome.error)] = outcome.error

    def _run_check(self, outcome: Outcome, item: pytest.Item, next_item: pytest.Item) -> None:
        started = time.perf_counter()
        self._desk.outcome = outcome
        student = self._desk.student
        try:
            student.begin()
        except (Fault, ProblemError):
            raise  # not the submission's
        except Exception as error:
            outcome.error = error  # it loaded once, and now it does not; or liberties make no sense
            outcome.where = origin(error)
        else:
            student.asked.clear()
            try:
                with keep_account(self._desk, outcome):
                    run_item(item, next_item)
            except (Fault, ProblemError):
                raise  # not the submission's
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
                outcome.error = error
                outcome.where = origin(error)
            charge_liberties(self._desk, outcome)
            if outcome.waivers or (outcome.error and not self._brief):
                outcome.steps = list(student.trace)
            kind = student.classes.get(self._desk.problem.settings.entry)
            if kind is not None and kind.stubs:
                outcome.called = (self._desk.methods | {"__init__"}) & student.asked
            outcome.output = student.take_output()
        outcome.seconds = time.perf_counter() - started
        self._desk.outcome = None

    def _suits_reference(
        self,
        run: Callable[[pytest.Item, pytest.Item], None],
        item: pytest.Item,
        next_item: pytest.Item,
    ) -> bool:
        """Whether ``run`` raises nothing with the reference as the submission; tried once.

        A check that raises something else than a failure is either broken, or stumbled over what
        a submission gave it. Who is to blame is found out by trying: no file may end the grading
        of all others by values that nobody thought of.
        """
        if item.nodeid not in self._suited:
            reference = self._desk.problem.reference_path
            self._desk.take(submission_from(reference.name, reference.read_bytes()))
            try:
                run(item, next_item)
                self._suited[item.nodeid] = True
            except (Fault, ProblemError):
                raise
            except Exception:
                self._suited[item.nodeid] = False
            finally:
                self._desk.student.close()
        return self._suited[item.nodeid]

    def _repeat(self, item: pytest.Item, next_item: pytest.Item) -> None:
        """Run a check whose outcome is not kept; raise what it raised."""
        outcome = Outcome(self._checks[item.nodeid])
        self._run_check(outcome, item, next_item)
        if outcome.error is not None:
            raise outcome.error


def _stumbled(error: BaseException | None) -> bool:
    """Whether a check raised what no check raises on purpose."""
    expected = (AssertionError, StudentError, WorkerFailure)
    return isinstance(error, Exception) and not isinstance(error, expected)


def _unfit(error: BaseException | None) -> CheckFailed:
    what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    message = (
        "The check could not work with what the code gave it: some value is of another kind than"
        f" the statement asks for ({what})."
    )
    return CheckFailed(message, {"kind": "unfit"}, None)
