"""The judge's warm pytest session, in which one submission after the other is graded.

``pytest.main`` is entered once. Its run loop is ours: for each submission it runs the same
collected items again, which costs a fraction of a millisecond per check, where a new pytest
process costs more than all the checks. :mod:`grader.judge.attempts` turns what a check raised into
plain outcomes, and :mod:`grader.judge.make_report` turns these into a report.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from grader.checks import example_replay, seeds
from grader.errors import Fault, ProblemError, UsageError, did_you_mean
from grader.judge import fixtures
from grader.judge.attempts import Attempts
from grader.judge.examples import Examples
from grader.judge.fixtures import DESK, Desk
from grader.judge.inspect_failures import Looker
from grader.judge.loading import fresh_checks, line_in, problem_modules
from grader.judge.outcomes import Check, Trial
from grader.judge.process_settings import (
    give_back_large_blocks,
    no_collections,
    own_pytest_environment,
)
from grader.judge.pytest_items import place
from grader.model.problem import Problem
from grader.model.submission import Submission
from grader.sandbox.launch import Workers, one_processor

Order = Callable[[list[Any]], Iterable[Any]]


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
    groups = [group.id for group in problem.settings.groups]
    if only is not None and only not in groups:
        there = f"(there are: {', '.join(groups)})"
        what = f"{problem.slug} has no group {only!r} {there}{did_you_mean(only, groups)}"
        raise UsageError(what)
    give_back_large_blocks()
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
        own_pytest_environment(),
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
        self.failure: BaseException | None = None
        self.checks: dict[str, Check] = {}
        self.looker = Looker(desk)
        self.examples = Examples(desk, brief)
        self.attempts = Attempts(desk, self.checks, self.looker, brief, differences)

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
        module = getattr(items[0], "module", None) if items else None
        self.desk.scenarios = getattr(module, "__scenarios__", [])
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
            with no_collections():
                for item in session.items:
                    self.examples.draw(item)
            self._find_liberties(session.items)
            ordered = list(self.order(session.items))
            for submission in self.submissions:
                self.sink(self.attempts.attempt(submission, ordered))
        except BaseException as error:  # raised again by run, outside of pytest
            self.failure = error
        return True

    def _find_liberties(self, items: list[pytest.Item]) -> None:
        """Have ``find_liberties`` of ``checks.py``, if there is one, asked before each trial."""
        student = self.desk.student
        find = getattr(getattr(items[0], "module", None), "find_liberties", None) if items else None
        if find is not None:
            student.signatures = self.desk.signatures
            student.find_liberties = lambda: find(student)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Replay the kept examples of a ``@given`` check instead of drawing them again.

        An aspect is asked for its way to look.
        """
        return self.looker.takes(pyfuncitem) or self.examples.replay(pyfuncitem) or None


_NO_CHECK = Check("", "", "", 0.0)
