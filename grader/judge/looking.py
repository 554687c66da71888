"""Room: looking at what failed from every side, while the student's code is still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.errors import Fault, ProblemError
from grader.judge.diagnosis import Aspect, explain, recognize
from grader.judge.evidence import CheckFailed
from grader.judge.fixtures import Desk
from grader.judge.items import given_by_pytest, place, run_item
from grader.judge.loading import line_in
from grader.judge.seen import Seen
from grader.judge.trial import Trial
from grader.report import Diagnosis
from grader.sandbox.process import WorkerFailure
from grader.sandbox.trace import StudentError
from grader.submission import submission_from


class Looker:
    """Keeps the aspects of a problem, and looks at the student's code with those that failed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._aspects: dict[pytest.Item, Aspect] = {}
        self._look: Callable[[Any], Seen | None] | None = None
        self._sound: dict[pytest.Item, bool] = {}

    def claim(self, items: list[pytest.Item]) -> None:
        """Take the aspects away from the collected items.

        Raises:
            ProblemError: One refers to a group that the problem does not have.
        """
        for item in list(items):
            mark = item.get_closest_marker("aspect")
            if mark is not None:
                self._aspects[item] = mark.args[0]
                items.remove(item)
        groups = {group.id for group in self._desk.problem.settings.groups}
        for item, aspect in self._aspects.items():
            for unknown in sorted(set(aspect.groups) - groups):
                path = self._desk.problem.checks_path
                what = f"{item.name}: problem.toml has no group {unknown!r}"
                raise ProblemError(path, place(item), what)

    def takes(self, item: pytest.Function) -> bool:
        """Run the function of an item if it is an aspect: it returns its way to look."""
        if item not in self._aspects:
            return False
        self._look = item.obj(**given_by_pytest(item))
        return True

    def name_mistakes(self, trial: Trial, next_item: pytest.Item) -> list[Diagnosis]:
        """Name the mistakes that explain what failed, as far as they are known."""
        problem = self._desk.problem
        named = recognize(trial.facts(problem.settings.entry), self._desk.rules)
        usual = (type(None), AssertionError, StudentError)
        if not all(isinstance(outcome.error, usual) for outcome in trial.outcomes):
            return named  # a lost worker would be lost again; a broken check is no news
        failing = trial.failing - {diagnosis.group for diagnosis in named}
        for item, aspect in self._aspects.items():
            if failing.isdisjoint(aspect.groups):
                continue
            try:
                found = self._explain(item, next_item, failing)
            except (StudentError, WorkerFailure, CheckFailed):
                continue
            except (Fault, ProblemError):
                raise
            except Exception as error:  # it stumbled over what the student's code gave it
                self._blame(item, next_item, error)
                return named
            named += [found] if found is not None else []
        return named

    def _explain(
        self, item: pytest.Item, next_item: pytest.Item, failing: frozenset[str]
    ) -> Diagnosis | None:
        aspect = self._aspects[item]
        self._desk.student.begin()
        self._look = None
        run_item(item, next_item)
        assert self._look is not None
        cases = self._desk.drawn("case") if aspect.cases is None else aspect.cases
        return explain(aspect, self._look, cases, self._desk.rules, failing)

    def _blame(self, item: pytest.Item, next_item: pytest.Item, error: Exception) -> None:
        """Raise if an aspect cannot even look at the reference: then it is the problem's fault."""
        if item not in self._sound:
            reference = self._desk.problem.reference_path
            self._desk.take(submission_from(reference.name, reference.read_bytes()))
            try:
                self._explain(item, next_item, frozenset(self._aspects[item].groups))
                self._sound[item] = True
            except Exception:
                self._sound[item] = False
            finally:
                self._desk.student.close()
        if not self._sound[item]:
            path = self._desk.problem.checks_path
            what = f"{item.name} itself failed: {type(error).__name__}: {error}"
            raise ProblemError(path, line_in(error, path), what) from error
