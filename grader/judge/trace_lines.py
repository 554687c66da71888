"""Which lines of the student's ran: the last call of a failing example, once more, followed.

This comes after everything else that is done to a submission, so that it can change nothing.
"""

from __future__ import annotations

import copy
from typing import Any

from grader.checks.expect import CheckFailed
from grader.judge.outcomes import Outcome, Trial
from grader.remote.answers import Pending
from grader.remote.objects import RemoteInstance, RemoteMethod
from grader.remote.steps import (
    Call,
    Define,
    Draw,
    Expose,
    GetAttribute,
    Import,
    Invocation,
    Make,
    NewArray,
    Overrun,
    Seed,
    SetAttribute,
    Step,
    StudentError,
)
from grader.remote.student import Student
from grader.sandbox.failures import WorkerFailure

MAX_LINES = 400


def follow_failures(trial: Trial, student: Student) -> None:
    """Note for each failed check which lines the last call executes, where that can be seen.

    Raises:
        Fault: The grader or the machine failed.
    """
    if any(isinstance(outcome.error, WorkerFailure | Overrun) for outcome in trial.outcomes):
        return  # a lost worker would be lost again
    known = range(1, len(trial.submission.lines) + 1)
    for outcome in trial.outcomes:
        if not isinstance(outcome.error, CheckFailed | StudentError):
            continue
        try:
            found = _followed(outcome, student)
        except StudentError:
            continue
        except WorkerFailure:
            return
        if type(found) is list:
            lines = {line for line in found if type(line) is int and line in known}
            outcome.lines = tuple(sorted(lines)[:MAX_LINES])


def _followed(outcome: Outcome, student: Student) -> Any:
    """What the worker says when the last call is made again, after all that came before it."""
    steps = outcome.steps_to_failure
    calls = [(n, step) for n, step in enumerate(steps) if isinstance(step, Invocation)]
    if not calls:
        return None
    last, call = calls[-1]
    student.begin()
    again = _Again(student)
    with student.program():  # all of it in one message
        for step in steps[:last]:
            again.do(step)
        answer = again.lines(call)
    return answer.value


class _Again:
    """Does steps again, with new objects in place of those that were made the first time."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self._new: dict[int, Any] = {}

    def do(self, step: Step) -> None:
        """Do a step; reading an array changes nothing and is left out."""
        student, args = self._student, [self._now(arg) for arg in step.args]
        match step:
            case Make():
                self._new[id(step.result)] = self._method(step).make(*args, **self._named(step))
            case Define():
                self._new[id(step.result)] = student.define(step.source).module
            case Import():
                self._new[id(step.result)] = student.given(step.module, step.name)
            case NewArray():
                self._new[id(step.result)] = student.array(args[0], step.layout)
            case Expose(exposure):
                real = copy.deepcopy(exposure.real)
                self._new[id(exposure)] = student.expose(real, *exposure.methods)
            case Seed(number):
                student.seed(number)
            case Draw(count):
                student.draw(count)
            case SetAttribute():
                setattr(self._now(step.target), step.name, *args)
            case GetAttribute():
                self._new[id(step)] = getattr(self._now(step.target), step.name)
            case Call():
                self._new[id(step)] = self._method(step)(*args, **self._named(step))

    def lines(self, step: Invocation) -> Any:
        """Make a call, or an object, and return what the worker says it executed."""
        target = self._now(step.target)
        owner = target if isinstance(target, RemoteInstance) else None
        args = tuple(self._now(arg) for arg in step.args)
        return self._student.lines_of(owner, step.name, args, self._named(step))

    def _method(self, step: Invocation) -> RemoteMethod:
        """What a step calls, by its name in what is there now."""
        methods = step.result._methods if isinstance(step, Make) else frozenset()
        return RemoteMethod(self._now(step.target), step.name, methods)

    def _named(self, step: Invocation) -> dict[str, Any]:
        return {key: self._now(value) for key, value in step.kwargs.items()}

    def _now(self, value: Any) -> Any:
        """The object that stands for one of the first time; other values as they are."""
        if isinstance(value, Pending):
            done = id(value.step) in self._new
            return self._new[id(value.step)] if done else value.value
        if type(value) in (list, tuple):
            return type(value)(map(self._now, value))
        return self._new.get(id(value), value)  # the steps keep the old ones alive
