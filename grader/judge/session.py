"""The judge's warm pytest session, in which one submission after the other is graded.

``pytest.main`` is entered once. Its run loop is ours: for each submission it runs the same
collected items again, which costs a fraction of a millisecond per check, where a new pytest
process costs more than all the checks. What a check raised is turned into plain outcomes here;
:mod:`grader.judge.make_report` turns these into a report.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.errors import UnsatisfiedAssumption

from grader.checks import example_replay, seeds
from grader.checks.expect import CheckFailed
from grader.errors import Fault, ProblemError, UsageError
from grader.judge import fixtures
from grader.judge.fixtures import DESK, Desk
from grader.judge.inspect_failures import Looker
from grader.judge.known_answers import KnownAnswers
from grader.judge.loading import fresh_checks, line_in, problem_modules
from grader.judge.outcomes import Check, Outcome, Trial
from grader.judge.pytest_items import given_by_pytest, origin, parameters, place, run_item
from grader.judge.trace_lines import follow_failures
from grader.model.problem import Problem
from grader.model.submission import Submission, submission_from
from grader.remote.steps import Overrun, StudentError
from grader.sandbox.allowance import Allowance, limited_memory
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers, one_processor

Order = Callable[[list[Any]], Iterable[Any]]

MAX_OVERRUNS = 3
"""Limits that a submission may run into before the rest of its checks is left out."""


def run(
    problem: Problem,
    submissions: Iterable[Submission],
    sink: Callable[[Trial], None],
    *,
    workers: Workers,
    seed: int,
    only: str | None = None,
    order: Order = list,
    brief: bool = False,
    differences: bool = False,
) -> None:
    """Try every submission on the problem's checks; hand each trial to ``sink`` when it is done.

    Args:
        submissions: May be a generator that waits for work: the session stays warm.
        only: A group; the checks of the others are left out.
        order: Puts the checks in the order in which they are run; the trial keeps their own.
        brief: Find out what fails, and nothing about it: examples are not made smaller, mistakes
            not named, lines not followed.
        differences: Whether what passes all checks is looked at with all aspects nevertheless.

    Raises:
        ProblemError: ``checks.py`` cannot be collected, or marks its checks wrongly.
        UsageError: The problem has no group ``only``.
        Fault: pytest itself failed.
    """
    if only is not None and only not in {group.id for group in problem.settings.groups}:
        known = ", ".join(group.id for group in problem.settings.groups)
        raise UsageError(f"{problem.slug} has no group {only!r} (there are: {known})")
    _give_back_large_blocks()
    desk = Desk(problem, workers, seed)
    plugin = _SessionPlugin(desk, submissions, sink, only, order, brief, differences)
    arguments = [
        str(problem.checks_path),
        f"--rootdir={problem.folder}",
        f"--config-file={os.devnull}",
        f"--confcutdir={problem.folder}",  # else pytest lists every folder above the problem's
        "--noconftest",
        "--import-mode=importlib",
        "--capture=no",
        "--override-ini=python_functions=test see_",
        "--assert=plain",  # rewriting takes longer than collecting, and no report shows it
        *(f"-pno:{name}" for name in _UNUSED_PLUGINS),
    ]
    with (
        problem_modules(problem),
        fresh_checks(problem),
        _own_pytest_environment(),
        example_replay.profile(),
        seeds.session(seed),
        one_processor(workers),
    ):
        code = pytest.main(arguments, plugins=[plugin, fixtures])
    if plugin.failure is not None:
        raise plugin.failure
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise Fault(f"the judge's pytest session ended with {pytest.ExitCode(code).name}")


_UNUSED_PLUGINS = (
    "cacheprovider debugging doctest faulthandler junitxml legacypath logging pastebin recwarn "
    "setuponly setupplan stepwise subtests terminal threadexception unittest unraisableexception "
    "warnings"
).split()


def _give_back_large_blocks() -> None:
    """Have malloc return what was large to the system as soon as it is free (glibc).

    By itself it ceases to after the first large answer of a worker, and a judge that has graded
    thousands of submissions then holds many times what it uses.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 256 << 10)


_M_MMAP_THRESHOLD = -3  # of malloc.h


@contextlib.contextmanager
def _no_collections() -> Iterator[None]:
    """Collect no garbage in the block, and afterwards none of what was there before it.

    In it hypothesis begins to time collections. That ends with it: Ctrl-C during a collection would
    be raised inside of what is called then, where Python drops every exception, and so be lost.
    """
    called = list(gc.callbacks)
    gc.disable()
    gc.freeze()  # else every full collection goes through all of pytest and hypothesis
    try:
        yield
    finally:
        gc.callbacks[:] = called
        gc.enable()  # also for those who waited for this point


@contextlib.contextmanager
def _own_pytest_environment() -> Iterator[None]:
    """Keep the caller's pytest settings and plugins out of the judge."""
    ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    names = [*ours, "PYTEST_ADDOPTS", "PYTEST_PLUGINS"]
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class _SessionPlugin:
    """The pytest plugin: collection rules, and the loop over submissions."""

    def __init__(
        self,
        desk: Desk,
        submissions: Iterable[Submission],
        sink: Callable[[Trial], None],
        only: str | None,
        order: Order,
        brief: bool,
        differences: bool,
    ) -> None:
        self.desk = desk
        self.problem = desk.problem
        self.submissions = submissions
        self.sink = sink
        self.only = only
        self.order = order
        self.brief = brief
        self.differences = differences
        self.failure: BaseException | None = None
        self.checks: dict[str, Check] = {}
        self.looker = Looker(desk)
        self.known = KnownAnswers()
        self._drawn: example_replay.Drawn = {}
        self._suited: dict[str, bool] = {}

    # -- collection ----------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[DESK] = self.desk
        config.addinivalue_line("markers", "check(group, title, weight): a graded check")
        config.addinivalue_line("markers", "aspect(aspect): a way to look at the student's code")

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]
    ) -> None:
        """A collection error is the problem's fault (errors of items are taken elsewhere)."""
        if isinstance(node, pytest.Item) or call.excinfo is None or self.failure:
            return
        path, error = self.problem.checks_path, call.excinfo.value
        cause = error.__cause__ or error
        line = line_in(cause, path) or line_in(error, path)
        what = str(cause).splitlines()[0] if str(cause) else ""
        self.failure = ProblemError(path, line, f"{type(cause).__name__}: {what}")

    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        groups = {group.id for group in self.problem.settings.groups}
        try:
            self.looker.claim(items)
        except ProblemError as error:
            self.failure = error
        for item in items:
            where = (self.problem.checks_path, place(item))
            mark = item.get_closest_marker("check")
            if mark is None:
                self._reject(*where, f"{item.name} is not marked with @check(...)")
                continue
            title = mark.kwargs["title"]
            if "[" in item.name:  # a case of a parametrized check
                title += f": {item.name.partition('[')[2][:-1]}"
            weight, variant_of = mark.kwargs["weight"], mark.kwargs["variant_of"]
            check = Check(item.name, mark.kwargs["group"], title, weight, variant_of)
            if check.group not in groups:
                self._reject(*where, f"{item.name}: problem.toml has no group {check.group!r}")
            self.checks[item.nodeid] = check
        names = {check.id for check in self.checks.values()} | {""}
        for item in items:
            usual = self.checks.get(item.nodeid, _NO_CHECK).variant_of
            if usual not in names:
                what = f"{item.name}: there is no check {usual!r} that it could be a variant of"
                self._reject(self.problem.checks_path, place(item), what)
        for group in sorted(groups - {check.group for check in self.checks.values()}):
            self._reject(self.problem.checks_path, None, f"no check for the group {group!r}")
        if self.only is not None:
            items[:] = [i for i in items if self.checks.get(i.nodeid, _NO_CHECK).group == self.only]

    def _reject(self, path: Path, line: int | None, what: str) -> None:
        self.failure = self.failure or ProblemError(path, line, what)

    # -- the loop ------------------------------------------------------------------------

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.failure is not None:
            return True
        try:
            with _no_collections():
                for item in session.items:
                    self._prepare(item)
            ordered = list(self.order(session.items))
            for submission in self.submissions:
                self.sink(self._try(submission, ordered))
        except BaseException as error:  # raised again by run, outside of pytest
            self.failure = error
        return True

    def _prepare(self, item: pytest.Item) -> None:
        """Draw a check's examples, before the first submission is looked at."""
        function = getattr(item, "obj", None)
        if function is None or not hypothesis.is_hypothesis_test(function):
            return
        if function not in self.desk.examples:
            names = [n for n in getattr(item, "fixturenames", ()) if n in parameters(function)]
            self.desk.examples[function] = example_replay.draw_examples(
                function, names, self.desk.seed, self._drawn
            )

    def _try(self, submission: Submission, items: list[pytest.Item]) -> Trial:
        """Try a submission; once more if something outside killed one of its processes.

        All of it again, and not the check that was hit: then no state of the submission's is
        missing, and the report is that of a run without disturbance. The file cannot know that it
        is run a second time.
        """
        allowance = Allowance(self.problem.settings.limits.submission_seconds)
        with limited_memory():
            trial, lost = self._try_once(submission, items, allowance, again=False)
            if lost is not None:
                trial, lost = self._try_once(submission, items, allowance, again=True)
            if lost is not None and not lost.started:
                raise Fault(f"a worker {lost}, twice, before it had run anything")
        by_check = {self.checks[item.nodeid].id: item for item in items}
        for outcome in trial.outcomes:
            item = by_check[outcome.check.id]
            if _stumbled(outcome.error) and self._suits_reference(self._repeat, item, items[0]):
                outcome.error = _unfit(outcome.error)
        for item, error in self.looker.stumbled:
            if not self._suits_reference(self.looker.see, item, items[0]):
                path = self.problem.checks_path
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
        self.looker.stumbled.clear()
        started = time.perf_counter()
        trial = Trial(submission)
        if not submission.problem_with_file:
            self.desk.take(submission, allowance)
            student = self.desk.student
            try:
                student.load()
                trial.classes, trial.functions = student.classes, student.functions
                trial.output = student.take_output()
                if self.problem.settings.entry in trial.classes:
                    known = not (again or self.differences) and self.known.recognize(student)
                    if known:
                        trial.outcomes = [Outcome(self.checks[item.nodeid]) for item in items]
                    else:
                        student.record()
                        self._run_checks(trial, items, allowance, go_on=again)
                    own_order = list(self.checks.values())
                    trial.outcomes.sort(key=lambda outcome: own_order.index(outcome.check))
                    if not known:
                        self._conclude(trial, items[0])
            except (StudentError, WorkerFailure) as error:
                trial.load_error = error
                trial.output = student.take_output()
            finally:
                student.close()
            trial.notes = sorted(student.notes)
            lost = student.lost
        if not trial.outcomes and not self.brief:
            trial.diagnoses = self.looker.recognize(trial)
        trial.seconds = time.perf_counter() - started
        return trial, lost

    def _conclude(self, trial: Trial, item: pytest.Item) -> None:
        """Settle what depends on all checks, and find out why some failed."""
        student = self.desk.student
        trial.settle_waivers()
        trial.settle_variants()
        self.known.keep(student, trial)
        if not self.brief:
            trial.diagnoses = self.looker.name_mistakes(trial, item)
            follow_failures(trial, student)
            student.take_output()
        if self.differences and not trial.failing:
            trial.differences = self.looker.find_differences(item)

    def _run_checks(
        self, trial: Trial, items: list[pytest.Item], allowance: Allowance, go_on: bool
    ) -> None:
        overruns: dict[int, BaseException] = {}
        for number, item in enumerate(items):
            outcome = Outcome(self.checks[item.nodeid])
            trial.outcomes.append(outcome)
            if len(overruns) >= MAX_OVERRUNS:
                outcome.skipped = f"not run: {MAX_OVERRUNS} checks had run into a limit before it"
            elif allowance.is_over:
                outcome.skipped = f"not run: {allowance.told}"
            if outcome.skipped:
                continue
            self._run_check(outcome, item, items[(number + 1) % len(items)])
            if self.desk.student.lost is not None and not go_on:
                return
            if isinstance(outcome.error, WorkerFailure):
                overruns[id(outcome.error)] = outcome.error

    def _run_check(self, outcome: Outcome, item: pytest.Item, next_item: pytest.Item) -> None:
        started = time.perf_counter()
        self.desk.outcome = outcome
        student = self.desk.student
        try:
            student.begin()
        except (StudentError, WorkerFailure) as error:
            outcome.error = error  # it loaded once, and now it does not
        else:
            try:
                run_item(item, next_item)
            except (Fault, ProblemError):
                raise  # not the submission's
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
                outcome.error = error
                outcome.where = origin(error)
            if outcome.waivers or (outcome.error and not self.brief):
                outcome.steps = list(student.trace)
            outcome.output = student.take_output()
        outcome.seconds = time.perf_counter() - started
        self.desk.outcome = None

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
            reference = self.problem.reference_path
            self.desk.take(submission_from(reference.name, reference.read_bytes()))
            try:
                run(item, next_item)
                self._suited[item.nodeid] = True
            except (Fault, ProblemError):
                raise
            except Exception:
                self._suited[item.nodeid] = False
            finally:
                self.desk.student.close()
        return self._suited[item.nodeid]

    def _repeat(self, item: pytest.Item, next_item: pytest.Item) -> None:
        """Run a check whose outcome is not kept; raise what it raised."""
        outcome = Outcome(self.checks[item.nodeid])
        self._run_check(outcome, item, next_item)
        if outcome.error is not None:
            raise outcome.error

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Replay the kept examples of a ``@given`` check instead of drawing them again.

        An aspect is asked for its way to look.
        """
        if self.looker.takes(pyfuncitem):
            return True
        examples = self.desk.examples.get(pyfuncitem.obj)
        if examples is None:
            return None
        outcome = self.desk.outcome
        assert outcome is not None
        function: Any = pyfuncitem.obj
        body = function.hypothesis.inner_test
        fixtures = given_by_pytest(pyfuncitem)

        def run(example: example_replay.Example) -> BaseException | None:
            self.desk.student.begin()
            try:
                body(**fixtures, **example)
            except UnsatisfiedAssumption:
                pass  # by hypothesis.assume: not an example for this check
            except (AssertionError, StudentError) as error:
                return error
            return None

        for example in examples:
            outcome.example = example
            error = run(example)
            if error is not None and (self.brief or isinstance(error, Overrun)):
                raise error  # of an overrun a smaller example would cost the same
            if error is not None:
                steps = self.desk.student.trace
                try:
                    smaller = example_replay.shrink(example, run, type(error))
                    raised = run(smaller)
                except WorkerFailure:  # the time is over, or it runs into a limit with these
                    self.desk.student.trace = steps
                    raise error from None
                outcome.example = smaller
                raise raised or error
        outcome.example = {}
        return True


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


_NO_CHECK = Check("", "", "", 0.0)
