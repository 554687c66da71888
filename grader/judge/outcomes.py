"""What was found out about a submission, before anybody calls it right or wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np

from grader.checks.charged_once import NOTES
from grader.checks.expect import CheckFailed, Misnamed
from grader.diagnosis.facts import Facts
from grader.model.problem import Problem
from grader.model.report import Diagnosis
from grader.model.submission import Submission
from grader.remote.objects import RemoteClass
from grader.remote.steps import (
    Call,
    Expose,
    GetAttribute,
    Overrun,
    SetAttribute,
    Step,
    StudentError,
)
from grader.sandbox.failures import WorkerFailure


class Check(msgspec.Struct, frozen=True):
    """A collected check.

    Attributes:
        weight: Its share of the group's points, relative to the other checks of the group.
        variant_of: The check that looks at the same under ordinary circumstances, if there is one.
    """

    id: str
    group: str
    title: str
    weight: float
    variant_of: str = ""


def points_of(problem: Problem, checks: Iterable[Check]) -> dict[str, Fraction]:
    """The points of each check: its weight's share of its group's points, exactly."""
    checks = list(checks)
    total: dict[str, Fraction] = {}
    for check in checks:
        total[check.group] = total.get(check.group, Fraction()) + Fraction(check.weight)
    worth = {group.id: Fraction(group.points) for group in problem.settings.groups}
    return {
        check.id: worth[check.group] * Fraction(check.weight) / total[check.group]
        for check in checks
    }


class Waiver(msgspec.Struct, frozen=True):
    """A failure that a check left to other groups, because it is their matter.

    Attributes:
        to: The groups, of which one has to have lost points for it; or one check anywhere, if it
            is charged once.
        error: What the check would have raised.
        steps: What had been done to the submission's objects by then.
        example: The generated example of the check.
        apart: Whether it was made for whoever asks for it, and this check was the first.
        charged_once: The difference, of those that cost points in one check, whichever.
        blocks: Whether the check is of no account with this difference, whichever check pays.
    """

    to: tuple[str, ...]
    error: CheckFailed | StudentError
    steps: list[Step]
    example: dict[str, Any]
    apart: bool = False
    charged_once: str = ""
    blocks: bool = False


class Outcome(msgspec.Struct):
    """What became of one check.

    Attributes:
        error: What the check raised; None if it passed or was not run.
        steps: What had been done to the submission's objects when it raised, or at its end.
        example: The generated example that it raised for.
        skipped: Why the check was not run, else empty.
        waivers: What it has left to other groups.
        lines: Lines of the submission that the last call of ``steps_to_failure`` executes.
        called: The methods that it called, if in some of the submission's nothing is written.
    """

    check: Check
    error: BaseException | None = None
    where: tuple[str, int] | None = None
    steps: list[Step] = msgspec.field(default_factory=list)
    example: dict[str, Any] = msgspec.field(default_factory=dict)
    output: str = ""
    skipped: str = ""
    waivers: list[Waiver] = msgspec.field(default_factory=list)
    lines: tuple[int, ...] = ()
    called: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def steps_to_failure(self) -> list[Step]:
        """The steps without those after the one that raised or gave the wrong value."""
        yours = getattr(self.error, "yours", None)
        what = str(getattr(self.error, "evidence", {}).get("what", ""))
        for number, step in enumerate(self.steps):
            raised = isinstance(self.error, StudentError) and self.error.step is step
            if raised or step.gave(yours, what):
                return self.steps[: number + 1]
        return self.steps

    @property
    def saw_something(self) -> bool:
        """Whether any call gave something else than None, or an attribute was an array.

        True for a check that has left nothing to others. What is made for whoever asks first says
        nothing about the one that did.
        """
        own = [waiver.steps for waiver in self.waivers if not waiver.apart]
        steps = chain(self.steps, *own)
        return not own or any(
            (isinstance(step, Call) and step.result is not None)
            or (isinstance(step, GetAttribute) and isinstance(step.result, np.ndarray))
            for step in steps
        )


def _is_final(outcome: Outcome, waiver: Waiver, waiting: set[str]) -> bool:
    """Whether no other group that a failure was left to may still lose points."""
    return (waiting - {outcome.check.group}).isdisjoint(waiver.to)


def _payer(
    met: Sequence[tuple[Outcome, Waiver]], points: Mapping[str, Fraction]
) -> tuple[Outcome, Waiver]:
    """The check that pays for a difference: the first that is no small change beside the others."""
    worth = [points[outcome.check.id] for outcome, _ in met]
    return next(each for each, own in zip(met, worth, strict=True) if 2 * own >= max(worth))


class Trial(msgspec.Struct):
    """Everything that was found out about one submission.

    Attributes:
        differences: What differs from the reference although all checks pass, if that was asked.
        renamed: Attributes by the statement's names, and what they are called here.
    """

    submission: Submission
    classes: dict[str, RemoteClass] = msgspec.field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    load_error: StudentError | WorkerFailure | None = None
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    diagnoses: list[Diagnosis] = msgspec.field(default_factory=list)
    differences: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
    renamed: Mapping[str, str] = msgspec.field(default_factory=dict)
    output: str = ""
    seconds: float = 0.0

    def has_entry(self, problem: Problem) -> bool:
        """Whether the file defines the class, or the function, that the problem asks for."""
        there = self.functions if problem.entry_kind == "function" else self.classes
        return problem.settings.entry in there

    @property
    def failing(self) -> frozenset[str]:
        """Groups with a check that failed."""
        return frozenset(o.check.group for o in self.outcomes if o.error is not None)

    def settle_waivers(self, points: Mapping[str, Fraction]) -> None:
        """Fail each check that left a failure to groups none of which has lost points.

        No difference is forgiven without a receipt: what a check passes over because it is
        another group's matter must have cost points there, in this very trial. Where checks leave
        failures to each other, the first one fails: its points are the others' receipt.

        Of those that have met a difference which is charged once one fails, unless a check that
        is about it has failed.

        A check that has left failures to others, and has seen nothing else, is blocked.

        Args:
            points: Of each check.
        """
        while unpaid := self._unpaid():
            waiting = {outcome.check.group for outcome, _ in unpaid}
            final = (each for each in unpaid if _is_final(*each, waiting))
            outcome, waiver = next(final, unpaid[0])
            if waiver.charged_once:
                kind = waiver.charged_once
                same = [each for each in unpaid if each[1].charged_once == kind]
                outcome, waiver = _payer(same, points)
            outcome.error, outcome.steps = waiver.error, waiver.steps
            outcome.example = waiver.example
        self._block_whole_groups()
        for outcome in self.outcomes:
            if not (outcome.error or outcome.skipped or outcome.saw_something):
                outcome.skipped = "Not possible: no call that it makes returned anything."
        met = {waiver.charged_once for outcome in self.outcomes for waiver in outcome.waivers}
        self.notes += [NOTES[each] for each in sorted(met & self._paid_once)]

    def _block_whole_groups(self) -> None:
        """Block the checks that say nothing of a submission that differs in such a respect."""
        for outcome in self.outcomes:
            blocking = [waiver for waiver in outcome.waivers if waiver.blocks]
            if blocking and not (outcome.error or outcome.skipped):
                outcome.skipped = f"Not looked at: {blocking[0].error}"

    def settle_unwritten(self, entry: str) -> None:
        """Block each check that has called nothing but methods in which nothing is written.

        What nothing was done for is not right: arrays stay as they were, and no numbers are drawn.
        """
        if not self.failing or entry not in self.classes:
            return  # where nothing else is wrong, to return the argument is what was asked for
        stubs = frozenset(self.classes[entry].stubs)
        for outcome in self.outcomes:
            called = outcome.called - {"__init__"} or outcome.called
            if called and called <= stubs and not (outcome.error or outcome.skipped):
                names = " and ".join(sorted(called))
                is_written = "is not written yet" if len(called) == 1 else "are not written yet"
                outcome.skipped = f"Not possible: {names} {is_written}."

    def settle_variants(self) -> None:
        """Let what fails like an ordinary check show that check's example.

        What is wrong under ordinary circumstances says more than the same under others.
        """
        failed = {o.check.id: o for o in self.outcomes if isinstance(o.error, CheckFailed)}
        for outcome in failed.values():
            usual = failed.get(outcome.check.variant_of)
            if usual is not None:
                outcome.error, outcome.steps = usual.error, usual.steps
                outcome.example, outcome.where = usual.example, usual.where

    def _unpaid(self) -> list[tuple[Outcome, Waiver]]:
        """Checks that have passed so far, and what of theirs has cost no points anywhere."""
        lost = {o.check.group for o in self.outcomes if o.check.weight and (o.error or o.skipped)}
        paid = self._paid_once
        found = []
        for outcome in self.outcomes:
            open_ones = [
                waiver
                for waiver in outcome.waivers
                if lost.isdisjoint(waiver.to)
                and waiver.charged_once not in paid
                and (outcome.check.weight or not waiver.charged_once)
            ]
            if open_ones and not (outcome.error or outcome.skipped):
                found.append((outcome, open_ones[0]))
        return found

    @property
    def _paid_once(self) -> set[str]:
        """Differences that have cost a check its points."""
        errors = (outcome.error for outcome in self.outcomes if outcome.check.weight)
        kinds = {error.charged_once for error in errors if isinstance(error, CheckFailed)}
        return kinds - {""}

    def facts(
        self,
        entry: str,
        wanted: frozenset[str],
        provided: frozenset[str],
        class_methods: frozenset[str] = frozenset(),
        asked: frozenset[str] = frozenset(),
        provided_sources: Mapping[str, str] = MappingProxyType({}),
        entry_kind: str = "class",
    ) -> Facts:
        """What is known of the submission besides the values that it gives.

        Args:
            entry: The class that the problem asks for.
            wanted: Its methods, as the reference solution defines them.
            provided: Names that a file may use without defining or importing them.
            class_methods: Those of the methods that are called on the class.
            asked: Its attributes, and the arguments of its constructor.
            provided_sources: Source of the modules that a file may import, by name.
            entry_kind: Whether the entry is a class or a function.
        """
        failed = [outcome for outcome in self.outcomes if outcome.error is not None]
        steps = [(outcome.check.group, step) for outcome in failed for step in outcome.steps]
        exposures = [step.exposure for _, step in steps if isinstance(step, Expose)]
        return Facts(
            entry,
            entry_kind=entry_kind,
            classes={name: kind.told for name, kind in self.classes.items()},
            renamed=self.renamed,
            misnamed=[
                (o.check.group, o.error.names) for o in failed if isinstance(o.error, Misnamed)
            ],
            unwritten=[(o.check.group, o.called) for o in self.outcomes if o.error or o.skipped],
            functions=self.functions,
            lines=self.submission.lines,
            load_error=self.load_error if isinstance(self.load_error, StudentError) else None,
            errors=[
                (o.check.group, o.error)
                for o in failed
                if isinstance(o.error, StudentError) and not isinstance(o.error, Overrun)
            ],
            raised_in={
                cause_of(o.error): o.check.id
                for o in reversed(failed)
                if isinstance(o.error, StudentError)
            },
            called=[(group, step.function) for group, step in steps if isinstance(step, Call)],
            attributes=frozenset(
                step.name for _, step in steps if isinstance(step, GetAttribute | SetAttribute)
            ),
            failing=self.failing,
            wanted=wanted,
            class_methods=class_methods,
            provided=provided,
            asked=asked,
            provided_sources=provided_sources,
            exposed={type(exposure.real).__name__: exposure for exposure in exposures},
        )


def cause_of(error: BaseException | None) -> Any:
    """What makes two failures the same one: an equal exception at an equal place or call."""
    if isinstance(error, StudentError):
        if error.frames or error.step is None:
            return (error.type_name, error.frames[-1] if error.frames else error.message)
        return (error.type_name, type(error.step), error.step.method)  # the call itself is refused
    return id(error) if isinstance(error, WorkerFailure) else None
