"""Looking at what failed from every side, while the student's code is still there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from grader.checks.expect import CheckFailed
from grader.checks.misconceptions import Aspect, Look, Rules
from grader.checks.observation import Seen
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic.entry_lookup import CLASS_TWICE
from grader.diagnosis.generic.signatures import FOREIGN
from grader.diagnosis.match import Explanation, explain, recognize
from grader.diagnosis.other_problem import OTHER_PROBLEM
from grader.errors import Fault, ProblemError
from grader.judge.fixtures import Desk
from grader.judge.outcomes import Trial, cause_of
from grader.judge.pytest_items import given_by_pytest, place, run_item
from grader.model.report import Diagnosis
from grader.remote.steps import Overrun, StudentError
from grader.sandbox.failures import WorkerFailure

_ALL_THERE_IS = (OTHER_PROBLEM, CLASS_TWICE, FOREIGN)
"""Mistakes beside which no other is worth a word."""


def _differs(look: Look, case: Any) -> bool:
    try:
        seen = look(case)
    except (StudentError, WorkerFailure, CheckFailed):
        return True
    return seen is not None and not seen.is_right


def _with_checks(diagnosis: Diagnosis, facts: Facts, rules: Rules) -> Diagnosis:
    """A mistake that exceptions give away, with the checks that these were raised in."""
    (telltale,) = (each for each in rules.telltales if each.id == diagnosis.id)
    if not facts.errors or telltale.tells(replace(facts, errors=[])):
        return diagnosis
    telling = [
        facts.raised_in[cause_of(error)]
        for group, error in facts.errors
        if group == telltale.group and telltale.tells(replace(facts, errors=[(group, error)]))
    ]
    return structs.replace(diagnosis, checks=tuple(dict.fromkeys(telling)))


class Looker:
    """Keeps the aspects of a problem, and looks at the student's code with those that failed.

    Attributes:
        stumbled: Aspects that raised something unforeseen, since this was emptied, with what.
    """

    def __init__(self, desk: Desk) -> None:
        self.stumbled: list[tuple[pytest.Item, Exception]] = []
        self._desk = desk
        self._aspects: dict[pytest.Item, Aspect] = {}
        self._look: Look | None = None

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

    def recognize(self, trial: Trial) -> list[Diagnosis]:
        """Name the mistakes that names and exceptions give away, without looking at values.

        A solution to another problem makes many of this one's, of which none is worth a word.
        """
        facts = self._facts(trial)
        if not trial.submission.problem_with_file and (trial.failing or not trial.outcomes):
            other = self._desk.neighbours.by_interface(facts, trial.submission.name)
            if other is not None:
                return [other]
            from grader.judge import explain_without_rules

            if twice := explain_without_rules.replaced_class(facts):
                return [twice]
            if foreign := explain_without_rules.foreign_interface(facts):
                return [foreign]
        rules = self._desk.rules
        named = [_with_checks(each, facts, rules) for each in recognize(facts, rules)]
        if trial.submission.problem_with_file or isinstance(trial.load_error, WorkerFailure):
            return named
        from grader.judge import explain_without_rules  # what passes everything needs nothing of it

        return named + explain_without_rules.certain(facts, named)

    def _facts(self, trial: Trial) -> Facts:
        settings = self._desk.problem.settings
        desk = self._desk
        return trial.facts(
            settings.entry,
            desk.methods | desk.functions,
            frozenset(settings.provided.names),
            desk.class_methods,
            desk.asked,
            desk.problem.provided_sources,
            desk.problem.entry_kind,
        )

    def name_mistakes(self, trial: Trial, next_item: pytest.Item) -> list[Diagnosis]:
        """Name the mistakes that explain what failed, as far as they are known."""
        if not trial.failing:
            return []  # and nothing of what is needed for it is loaded
        from grader.judge import explain_without_rules

        named = self.recognize(trial)
        if any(diagnosis.id in _ALL_THERE_IS for diagnosis in named):
            return named
        failing = trial.failing - explain_without_rules.settled(trial, named)
        seen = self._look_at_values(trial, next_item, failing)
        if told := explain_without_rules.kept_on_the_class(self._facts(trial), named):
            # Of values that are set where nobody reads them, only the sharing can be said.
            shared = [found for found in seen if "share" in found.diagnosis.id]
            about = re.compile(rf"\b{told.title.split()[0]}\b")
            named = [each for each in named if not about.search(each.title)]
            named += [] if shared else [told]
            seen = shared
        named += [found.diagnosis for found in seen]
        raised = [error for found in seen for error in found.raised]
        named += explain_without_rules.likely(self._facts(trial), named, raised)
        convention = self._desk.neighbours.by_convention(named) if named else None
        ids = {diagnosis.id for diagnosis in named}
        consequences = self._desk.rules.consequences
        come = [consequences[name] for name in consequences.keys() & ids]
        named = [each for each in named if not any(each.id in group for group in come)]
        order = [group.id for group in self._desk.problem.settings.groups]
        named = explain_without_rules.in_order(trial, named, order)
        named = [convention, *named] if convention is not None else named
        entry, events = self._desk.problem.settings.entry, self._desk.student.events
        return explain_without_rules.built_on_absent(trial, entry, events, named)

    def _look_at_values(
        self, trial: Trial, next_item: pytest.Item, failing: frozenset[str]
    ) -> list[Explanation]:
        """Look at what failed in groups that nothing known already explains."""
        usual = (type(None), AssertionError, StudentError)
        errors = [outcome.error for outcome in trial.outcomes]
        if not all(isinstance(e, usual) and not isinstance(e, Overrun) for e in errors):
            return []  # a lost worker would be lost again; a broken check is no news
        found: list[Explanation] = []
        explained: set[str] = set()
        for item, aspect in self._aspects.items():
            if failing.isdisjoint(aspect.groups) or aspect.id in explained:
                continue
            new = self._explain(item, next_item, failing)
            explained |= {aspect.id} if new else set()
            groups = {each.diagnosis.group for each in found}
            # What one mistake does in a second aspect of its group is described, but no second.
            new = [e for e in new if e.diagnosis.group not in groups or e.whole]
            ids = {each.diagnosis.id for each in found}
            found += [each for each in new if each.diagnosis.id not in ids]
        return found

    def _explain(
        self, item: pytest.Item, next_item: pytest.Item, failing: frozenset[str]
    ) -> list[Explanation]:
        """What explains an aspect: a mistake or two, or those of each of its cases."""
        aspect = self._aspects[item]
        try:
            look, cases = self._begin(item, next_item)

            def again(case: Any) -> Seen | None:
                self._desk.once.forget()
                with self._desk.student.other_numbers():
                    return look(case)

            parts = [(aspect, list(cases))]
            if aspect.apart:
                parts = [(aspect.about(case), [case]) for case in cases]
            found = [
                each
                for part, chosen in parts
                for each in explain(part, look, chosen, self._desk.rules, failing, again)
            ]
        except (StudentError, WorkerFailure, CheckFailed):
            return []
        except (Fault, ProblemError):
            raise
        except Exception as error:
            self.stumbled.append((item, error))
            return []
        return list({each.diagnosis.id: each for each in reversed(found)}.values())[::-1]

    def find_differences(self, next_item: pytest.Item) -> list[str]:
        """Look at everything; return what is not as the reference has it, an aspect a line."""
        found = []
        for item, aspect in self._aspects.items():
            look, cases = self._begin(item, next_item)
            wrong = next((case for case in cases if _differs(look, case)), None)
            if wrong is not None:
                found.append(f"{aspect.id}: {wrong}")
        return found

    def see(self, item: pytest.Item, next_item: pytest.Item) -> None:
        """Look at everything that an aspect looks at; raise what that raises."""
        look, cases = self._begin(item, next_item)
        for case in cases:
            look(case)

    def _begin(self, item: pytest.Item, next_item: pytest.Item) -> tuple[Look, Iterable[Any]]:
        """An aspect's way to look at the student's code, and what it wants to look at."""
        self._look = None
        self._desk.student.begin()
        run_item(item, next_item)
        assert self._look is not None
        cases = self._aspects[item].cases
        return self._look, self._desk.drawn("case") if cases is None else cases
