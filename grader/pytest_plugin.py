"""The pytest door: a submission's checks as items of an ordinary pytest run.

    pytest --grader-problem dense --grader-submission dense.py

The submission is graded as ``grader check`` does it, by a judge in another process and with its
code in a third; pytest is shown what came of it. So whatever speaks pytest, an editor for example,
speaks to the grader. Every pytest run loads this module where the package is installed: without the
two options it does nothing, and it imports nothing but pytest.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.model.problem import Problem
    from grader.model.report import CheckResult, Report
    from grader.model.submission import Submission

WIDTH = 80


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the door."""
    group = parser.getgroup("grader", "check a submission against a problem of dense-grader")
    group.addoption("--grader-problem", metavar="SLUG", help="the problem, e.g. dense")
    group.addoption("--grader-submission", metavar="FILE", help="the student's file")
    group.addoption("--grader-library", metavar="DIR", help="a library of problems of your own")
    group.addoption("--grader-seed", metavar="N", type=int, help="draw other examples")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load no conftest.py: one beside a submission would be code of strangers in this process."""
    given = early_config.known_args_namespace
    given.noconftest = given.noconftest or bool(given.grader_submission or given.grader_problem)


def pytest_configure(config: pytest.Config) -> None:
    """Collect the submission, and nothing else, if this is asked for."""
    slug, submission = config.option.grader_problem, config.option.grader_submission
    if not slug and not submission:
        return
    if not (slug and submission):
        raise pytest.UsageError("--grader-problem and --grader-submission go together")
    from grader.errors import GraderError
    from grader.model.problem import Library
    from grader.model.submission import read_submission

    library, file = config.option.grader_library, Path(submission).absolute()
    try:
        problem = Library.find(Path(library) if library else None).load(slug)
        door = Door(config, problem, file, read_submission(file))
    except GraderError as error:
        raise pytest.UsageError(f"grader: {error}") from None
    config.pluginmanager.register(door, "grader-door")


class Door:
    """The plugin proper, in a run that has been asked to check a submission.

    Attributes:
        report: Once the submission has been graded, which is when it is collected.
    """

    def __init__(
        self, config: pytest.Config, problem: Problem, file: Path, submission: Submission
    ) -> None:
        self.problem, self.file, self.submission = problem, file, submission
        self.seed: int | None = config.option.grader_seed
        self.report: Report | None = None
        # Single checks of the file can be asked for, as editors do: FILE::group::check.
        wanted = [arg for arg in config.args if Path(arg.partition("::")[0]).absolute() == file]
        config.args[:] = wanted or [str(file)]

    def grade(self) -> Report:
        """Grade in another process: the judge is a pytest session itself."""
        from grader.errors import GraderError
        from grader.grading.pool import grade_stream

        try:
            waiting = [(0, self.submission)]
            ((_, self.report),) = grade_stream(self.problem, waiting, jobs=1, seed=self.seed)
        except GraderError as error:
            raise pytest.UsageError(f"grader: {error}") from None
        return self.report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Take the submission out of the hands of all who would import it here."""
        collectors = yield
        if file_path != self.file:
            return collectors
        return [SubmissionFile.from_parent(parent, path=file_path, door=self)]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what went wrong before anything else, and the score."""
        from grader.reporters import Page
        from grader.reporters.terminal import render_summary

        if self.report is not None and self.report.checks:
            terminalreporter.section(f"{self.report.problem}: {self.file.name}")
            terminalreporter.write(render_summary(self.report, Page(width=WIDTH)))


class SubmissionFile(pytest.File):
    """A submission; its groups hold the checks."""

    def __init__(self, *, door: Door, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.door = door

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Grade it, and yield a node for each group.

        Raises:
            CollectError: It could not be graded, by whoever's fault.
        """
        report = self.door.grade()
        if report.status in ("unloadable", "fault"):
            from grader.reporters.terminal import explain_loading

            raise self.CollectError(explain_loading(report, WIDTH))
        for group in dict.fromkeys(check.group for check in report.checks):
            yield GroupNode.from_parent(self, name=group, report=report)


class GroupNode(pytest.Collector):
    """A group of checks."""

    def __init__(self, *, report: Report, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.report = report

    def collect(self) -> Iterable[pytest.Item]:
        """Yield an item for each check."""
        for check in self.report.checks:
            if check.group == self.name:
                yield CheckItem.from_parent(self, name=check.id, check=check)


class CheckFailed(Exception):
    """A check that did not pass; pytest shows the text instead of a traceback."""


class CheckItem(pytest.Item):
    """What came of one check."""

    def __init__(self, *, check: CheckResult, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check
        self.user_properties += [("points", check.points), ("max_points", check.max_points)]

    def runtest(self) -> None:
        """Pass, fail or be skipped, as the check did."""
        from grader.model.safe_text import inert

        if self.check.output:
            sys.stdout.write(inert(self.check.output))  # captured, and shown if this fails
        if self.check.status == "blocked":
            pytest.skip(inert(self.check.message))
        if self.check.status != "passed":
            from grader.reporters.terminal import explain

            raise CheckFailed(f"{self.check.title}\n{explain(self.check, WIDTH)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the student is told, without a traceback of ours."""
        if isinstance(excinfo.value, CheckFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line of the student's that is known to be involved, and what is checked."""
        frames = self.check.evidence.get("traceback") or []
        line = frames[-1]["line"] - 1 if frames else None
        return self.path, line, f"{self.check.group}: {self.check.title}"
