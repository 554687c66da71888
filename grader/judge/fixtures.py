"""What checks are given: the student's module, the reference, and what is shared.

All of these serve the whole session, whichever submission is being graded, so that pytest makes
them once. What a problem's own fixtures make may last as long (``scope="module"``) if it is the
same for every submission: functions that ask the student's code, not what was answered.
"""

from __future__ import annotations

import contextlib
import inspect
import types
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from grader.checks import seeds
from grader.checks.charged_once import TURNED, CheckError, accounted
from grader.checks.example_replay import Example
from grader.checks.expect import CheckFailed
from grader.checks.memo import Once
from grader.checks.misconceptions import Rules
from grader.diagnosis.other_problem import Neighbours
from grader.diagnosis.source_scan import Source
from grader.errors import ProblemError
from grader.judge.loading import load_reference, load_rules
from grader.judge.outcomes import Outcome, Waiver
from grader.model.problem import Problem
from grader.model.submission import Submission
from grader.remote.liberties import REQUIRED, Signatures
from grader.remote.loadable import Loadable
from grader.remote.steps import StudentError
from grader.remote.student import Student
from grader.sandbox.allowance import Allowance
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits

if TYPE_CHECKING:
    from grader.checks.scenarios.running import Scenario


class Desk:
    """What lies on the judge's desk: one student at a time, and what goes with it.

    Attributes:
        outcome: Of the check that is being run.
        scenarios: What the problem's checks declare.
    """

    def __init__(self, problem: Problem, workers: Workers, seed: int) -> None:
        self.problem = problem
        self.seed = seed
        self.examples: dict[Any, list[Example] | None] = {}
        self.outcome: Outcome | None = None
        self.scenarios: list[Scenario] = []
        self._workers = workers

    @cached_property
    def reference(self) -> types.ModuleType:
        """The reference solution's module."""
        return load_reference(self.problem)

    @cached_property
    def rules(self) -> Rules:
        """The mistakes that the problem knows: by its rules, and by its samples."""
        rules = load_rules(self.problem)
        if self.scenarios:
            from grader.judge.twins import twins  # of no use for what passes

            rules.mistakes += twins(self.problem, self.scenarios)
        return rules

    @cached_property
    def neighbours(self) -> Neighbours:
        """The other problems of the library."""
        return Neighbours(self.problem)

    @cached_property
    def methods(self) -> frozenset[str]:
        """Names of the methods that the reference solution defines."""
        entry = getattr(self.reference, self.problem.settings.entry, None)
        own = vars(entry) if isinstance(entry, type) else ()
        return frozenset(n for n in own if callable(getattr(entry, n)) and not n.startswith("_"))

    @cached_property
    def functions(self) -> frozenset[str]:
        """Names of the functions that the reference solution defines, if these are asked for."""
        if self.problem.entry_kind != "function":
            return frozenset()
        own = vars(self.reference).items()
        return frozenset(
            name
            for name, value in own
            if isinstance(value, types.FunctionType)
            and value.__module__ == self.reference.__name__
            and not name.startswith("_")
        )

    @cached_property
    def class_methods(self) -> frozenset[str]:
        """Names of those of them that are called on the class."""
        entry = getattr(self.reference, self.problem.settings.entry, None)
        return frozenset(n for n in self.methods if isinstance(vars(entry)[n], classmethod))

    @cached_property
    def asked(self) -> frozenset[str]:
        """Names of the reference's attributes, and of its constructor's arguments."""
        source = Source(self.problem.reference_path.read_text("utf-8").splitlines())
        arguments = {name.rstrip("=") for name in self.neighbours.own.interface.arguments}
        return source.kept_by(self.problem.settings.entry) | arguments

    @cached_property
    def student(self) -> Student:
        """The student's module, to be given one submission after the other."""
        limits = self.problem.settings.limits
        entry = getattr(self.reference, self.problem.settings.entry, None)
        return Student(
            self._workers,
            Loadable("submission", b""),
            Limits(**{name: getattr(limits, name) for name in Limits.__struct_fields__}),
            seed=seeds.number(),
            methods=frozenset(
                name
                for name in dir(entry)
                if not name.startswith("__") and callable(getattr(entry, name))
            )
            if isinstance(entry, type)
            else frozenset(),
            functions=self.functions,
        )

    @cached_property
    def signatures(self) -> Signatures:
        """Of the methods of the reference solution."""
        entry = getattr(self.reference, self.problem.settings.entry, None)
        if not isinstance(entry, type):
            return {}
        return {name: _defaults(entry, name) for name in dir(entry)}

    @cached_property
    def once(self) -> Once:
        """Shares between checks what is done to the student's code once."""
        return Once(self.student)

    def take(self, submission: Submission, allowance: Allowance | None = None) -> None:
        """Turn to the next submission, which may cost so much."""
        self.once.forget()
        self.student.present(
            Loadable(
                "submission",  # whatever the file is called: it must not hide a module
                submission.utf8,
                self.problem.provided_sources,
                self.problem.provided_names,
                f"{self.problem.slug.replace('-', '_')}.py",
            ),
            allowance,
        )

    def drawn(self, argument: str) -> list[Any]:
        """Every value that hypothesis has drawn for an argument of this name, in order."""
        values = (
            example[argument]
            for examples in self.examples.values()
            for example in examples or ()
            if argument in example
        )
        return list(dict.fromkeys(values))


def _defaults(entry: type, method: str) -> dict[str, Any]:
    """The parameters of a method of the reference's, with their default values."""
    function = getattr(entry, method)
    if (method.startswith("__") and method != "__init__") or not inspect.isroutine(function):
        return {}
    if function is object.__init__:
        return {}
    parameters = list(inspect.signature(function).parameters.values())
    if not inspect.ismethod(function):
        parameters = parameters[1:]  # self
    empty = inspect.Parameter.empty
    return {p.name: REQUIRED if p.default is empty else p.default for p in parameters}


DESK = pytest.StashKey[Desk]()


@pytest.fixture(scope="session")
def student(pytestconfig: pytest.Config) -> Student:
    """The student's module."""
    return pytestconfig.stash[DESK].student


@pytest.fixture(scope="session")
def reference(pytestconfig: pytest.Config) -> types.ModuleType:
    """The reference solution's module, in this process; loaded once."""
    return pytestconfig.stash[DESK].reference


@pytest.fixture(scope="session")
def expected(pytestconfig: pytest.Config) -> Any:
    """The contents of ``expected.json``."""
    return pytestconfig.stash[DESK].problem.expected


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run."""
    return pytestconfig.stash[DESK].seed


@pytest.fixture(scope="session")
def once(pytestconfig: pytest.Config) -> Once:
    """``once(key, make)``: make a value once per submission, for several checks."""
    return pytestconfig.stash[DESK].once


@pytest.fixture(scope="session")
def drawn(pytestconfig: pytest.Config) -> Callable[[str], list[Any]]:
    """``drawn(argument)``: every value that hypothesis has drawn for an argument."""
    return pytestconfig.stash[DESK].drawn


@pytest.fixture(scope="session")
def waived(pytestconfig: pytest.Config) -> Callable[..., AbstractContextManager[None]]:
    """A context manager: a failure inside of it is left to another group, or one of several.

    One of these must have lost points when all checks have run; else this check fails after all,
    with that failure: ``with waived(to="initialization"): expect_close(...)``.
    """
    desk = pytestconfig.stash[DESK]
    groups = {group.id for group in desk.problem.settings.groups}

    @contextlib.contextmanager
    def waive(to: str | tuple[str, ...]) -> Iterator[None]:
        to = (to,) if isinstance(to, str) else to
        if unknown := set(to) - groups:
            raise ValueError(f"waived(to=...): problem.toml has no group {min(unknown)!r}")
        try:
            with keep_account(desk, desk.outcome, to) if desk.outcome else nullcontext():
                yield
        except (CheckFailed, StudentError) as error:
            outcome = desk.outcome
            if outcome is None:  # an aspect looks: nothing is at stake
                return
            outcome.waivers.append(_waiver(desk, outcome, error, to))

    return waive


def _waiver(
    desk: Desk,
    outcome: Outcome,
    error: CheckFailed | StudentError,
    to: tuple[str, ...],
    charged_once: str = "",
) -> Waiver:
    """A failure that the check which is being run leaves to others."""
    steps, apart = list(desk.student.trace), desk.student.apart
    return Waiver(to, error, steps, dict(outcome.example), apart, charged_once)


def charge_liberties(desk: Desk, outcome: Outcome) -> None:
    """Have a check depend on others that have paid for what it was given or shown otherwise."""
    liberties = desk.student.liberties
    if outcome.error is not None:
        return
    for name, group in liberties.numbers.items():
        error = CheckFailed(f"{name} is used as a number, and is a tuple.", {"kind": "property"})
        outcome.waivers.append(Waiver((group,), error, [], {}, True))
    turned = sorted(liberties.turned)
    if turned:
        message = f"{turned[0]} is kept the other way round: its first axis is the second one here."
        error = CheckFailed(message, {"kind": "property"})
        error.charged_once = TURNED
        blocks = outcome.check.group in liberties.turned_costs
        outcome.waivers.append(Waiver((), error, [], {}, True, TURNED, blocks))


def keep_account(
    desk: Desk, outcome: Outcome, to: tuple[str, ...] = ()
) -> AbstractContextManager[None]:
    """Let a check pass over differences that are charged once; of each kind the first is kept.

    Args:
        to: Groups that such a difference is left to as well.
    """

    def account(error: CheckError) -> None:
        known = {(waiver.charged_once, waiver.to) for waiver in outcome.waivers}
        if isinstance(error, CheckFailed) and (error.charged_once, to) not in known:
            outcome.waivers.append(_waiver(desk, outcome, error, to, error.charged_once))

    return accounted(account)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """See that what outlives a submission does not come from it."""
    student = request.config.stash[DESK].student
    before = list(student.trace)
    value = yield
    if fixturedef.scope != "function" and student.trace != before:
        code = fixturedef.func.__code__
        what = (
            f"the fixture {fixturedef.argname} has scope {fixturedef.scope!r} and asks the "
            "student's code, whose answer would be kept for the next submission; let it "
            "return a function that asks"
        )
        raise ProblemError(code.co_filename, code.co_firstlineno, what)
    return value
