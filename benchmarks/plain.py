"""The baseline: a problem's checks run by ordinary pytest, with the student's file in it.

The same ``checks.py``, the same seed and so the same examples, in one fresh process and without
any isolation or report. hypothesis draws and, where a check fails, shrinks the examples by itself.
The checks ask the grader's own ``student``; what it asks is done by :class:`HereServer` in this
very process, where the grader has a worker.

    python benchmarks/plain.py FILE [--no-explain] [--problem SLUG]

The exit code is pytest's.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase

from grader.checks import seeds
from grader.checks.hypothesis_private import no_local_constants
from grader.judge import fixtures
from grader.judge.fixtures import DESK, Desk, charge_liberties, keep_account
from grader.judge.loading import problem_modules
from grader.judge.outcomes import Check, Outcome, Trial, points_of
from grader.model.problem import Library, Problem
from grader.model.submission import Submission, read_submission
from grader.sandbox import codec, outcomes
from grader.sandbox.process import Ended, Limits, Worker
from grader.sandbox.worker.server import Server

_NO_LIMIT = sys.maxsize


class HereServer(Server):
    """Does in this process what a worker is asked to do."""

    def __init__(self, worker: HereWorker) -> None:
        super().__init__(None, _NO_LIMIT)  # type: ignore[arg-type]  # it has no channel
        self._worker = worker

    def answer(self, operations: Sequence[Any]) -> Any:
        """The outcomes of operations, and calls of the judge's objects it has not heard of."""
        writer = codec.Writer()
        told = [self._outcome(operation, writer) for operation in operations]
        return _crossed(writer, [told, self.judge_objects.take_news(writer)])

    def call_back(self, number: int, method: str, args: Any, kwargs: Any) -> Any:
        """Call a method of one of the judge's objects."""
        self._send_ahead()
        as_sent, callbacks = self.judge_objects.as_sent, self._worker.callbacks
        assert callbacks is not None
        return as_sent(callbacks.called(number, method, as_sent(list(args)), as_sent(kwargs)))

    def _send_ahead(self) -> None:
        writer = codec.Writer()
        self._worker.hear(_crossed(writer, self.judge_objects.take_news(writer)))


def _crossed(writer: codec.Writer, value: Any) -> Any:
    """What the other side would get to see."""
    return codec.decode(writer.frame(value)[codec.LENGTH.size :], [], _NO_LIMIT)


class HereWorker(Worker):
    """A worker that is no process."""

    def __init__(self) -> None:
        self.callbacks = None
        self.alive = True
        self.subclasses = []
        self.record = None
        self._output = io.StringIO()
        self._server = HereServer(self)

    def request(
        self, operations: Sequence[Any], writer: codec.Writer, *_: Any, **__: Any
    ) -> list[Any]:
        """Carry out ``operations``; return one outcome for each."""
        with contextlib.redirect_stdout(self._output), contextlib.redirect_stderr(self._output):
            told, news = self._server.answer(_crossed(writer, operations))
        self.hear(news)
        return outcomes.checked(told, len(operations))

    def hear(self, news: Any) -> None:
        """Take note of calls of judge-side objects."""
        self._heard = 0
        self._hear(news)

    @property
    def printed(self) -> str:
        """What was printed since the last :meth:`take_output`."""
        return self._output.getvalue()

    def take_output(self) -> str:
        """Return what was printed since the last call."""
        text = self.printed
        self._output.seek(0)
        self._output.truncate()
        return text

    def kill(self) -> Ended:
        """Be asked no more."""
        self.alive = False
        return Ended(None)


class HereWorkers:
    """Where these come from."""

    attempts: Any = ()
    isolation: Any = {}  # noqa: RUF012

    def spawn(self, _: Limits) -> Worker:
        """Return another one."""
        return HereWorker()

    def pin(self, processor: int) -> None:
        """Leave this process where it is."""

    def close(self) -> None:
        """End nothing."""


def load(desk: Desk, submission: Submission, checks: Any) -> None:
    """Put a submission on the desk, and load it."""
    student = desk.student
    if find := getattr(checks, "find_liberties", None):
        student.signatures = desk.signatures
        student.find_liberties = lambda: find(student)
    desk.take(submission)
    student.load()


class Plugin:
    """Gives the fixtures a desk with the file on it, and begins each check and example anew."""

    def __init__(self, problem: Problem, path: Path) -> None:
        self.desk = Desk(problem, HereWorkers(), problem.settings.seed)
        self.trial = Trial(read_submission(path))
        self._outcomes: dict[str, Outcome] = {}
        self._reports: dict[str, pytest.TestReport] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the markers known, and the desk to the fixtures."""
        config.addinivalue_line("markers", "check(group, title, weight): a graded check")
        config.addinivalue_line("markers", "aspect(aspect): a way to look at the student's code")
        config.stash[DESK] = self.desk

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Load the file; let each ``@given`` check draw what the grader draws."""
        load(self.desk, self.trial.submission, getattr(items[0], "module", None))
        self.trial.classes = self.desk.student.classes
        for item in items:
            mark: Any = item.get_closest_marker("check")
            check = Check(item.name, **{n: mark.kwargs[n] for n in Check.__struct_fields__[1:]})
            self._outcomes[item.nodeid] = Outcome(check)
            self.trial.outcomes.append(self._outcomes[item.nodeid])
        tests = {item.obj for item in items if isinstance(item, pytest.Function)}
        for test in filter(hypothesis.is_hypothesis_test, tests):
            hypothesis.seed(self.desk.seed)(test)
            test.hypothesis.inner_test = self._beginning(test.hypothesis.inner_test)

    def _beginning(self, body: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(body)
        def begin_and_run(*args: Any, **kwargs: Any) -> None:
            self.desk.student.begin()
            body(*args, **kwargs)

        return begin_and_run

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Take down what a check raises, what it calls, and what it leaves to other groups."""
        student, outcome = self.desk.student, self._outcomes[item.nodeid]
        self.desk.outcome = outcome
        student.begin()
        student.asked.clear()
        try:
            with keep_account(self.desk, outcome):
                yield
        except BaseException as error:
            outcome.error = error
            raise
        finally:
            charge_liberties(self.desk, outcome)
            outcome.steps = list(student.trace)
            outcome.called = (self.desk.methods | {"__init__"}) & student.asked
            student.take_output()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what came of a check."""
        if report.when == "call":
            self._reports[report.nodeid] = report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the checks that left a failure to groups that have none, or saw nothing."""
        terminal: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        checks = [outcome.check for outcome in self.trial.outcomes]
        self.trial.settle_waivers(points_of(self.desk.problem, checks))
        self.trial.settle_unwritten(self.desk.problem.settings.entry)
        for name, report in self._reports.items():
            outcome = self._outcomes[name]
            if report.passed and (outcome.error or outcome.skipped):
                report.outcome, report.longrepr = "failed", str(outcome.error or outcome.skipped)
                terminal.stats["passed"].remove(report)
                terminal.stats.setdefault("failed", []).append(report)
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def use_hypothesis(*, explain: bool) -> None:
    """Set hypothesis to what the grader uses, except that it works as it always does."""
    hypothesis.settings.register_profile(
        "plain",
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[phase for phase in Phase if explain or phase is not Phase.explain],
    )
    hypothesis.settings.load_profile("plain")


def main() -> int:
    """Run the checks on one file."""
    parser = argparse.ArgumentParser(description="Run a problem's checks by plain pytest.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--problem", default="dense")
    parser.add_argument("--no-explain", action="store_true", help="leave out hypothesis' explain")
    options = parser.parse_args()
    problem = Library.find().load(options.problem)
    arguments = [
        str(problem.checks_path),
        f"--rootdir={problem.folder}",
        f"--config-file={os.devnull}",
        "-pno:cacheprovider",  # leave no folder behind in the problem
    ]
    use_hypothesis(explain=not options.no_explain)
    plugins = [Plugin(problem, options.file.resolve()), fixtures]
    # As in the grader, what is drawn must not depend on which source files are about.
    with problem_modules(problem), seeds.session(problem.settings.seed), no_local_constants():
        return int(pytest.main(arguments, plugins=plugins))


if __name__ == "__main__":
    sys.exit(main())
