"""The examples of ``@given`` checks: drawn once, and replayed for every submission."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis.errors import UnsatisfiedAssumption

from grader.checks import example_replay
from grader.judge.fixtures import Desk
from grader.judge.pytest_items import given_by_pytest, parameters
from grader.remote.steps import Overrun, StudentError
from grader.sandbox.failures import WorkerFailure


class Examples:
    """Keeps the examples of all checks of a session.

    Args:
        brief: Whether a failing example is left as it is, and not made smaller.
    """

    def __init__(self, desk: Desk, brief: bool) -> None:
        self._desk = desk
        self._brief = brief
        self._drawn: example_replay.Drawn = {}

    def draw(self, item: pytest.Item) -> None:
        """Draw a check's examples, before the first submission is looked at."""
        function = getattr(item, "obj", None)
        if function is None or not hypothesis.is_hypothesis_test(function):
            return
        if function not in self._desk.examples:
            names = [n for n in getattr(item, "fixturenames", ()) if n in parameters(function)]
            self._desk.examples[function] = example_replay.draw_examples(
                function, names, self._desk.seed, self._drawn
            )

    def replay(self, item: pytest.Function) -> bool:
        """Run a check with each of its examples in place of drawing them; False if it has none."""
        examples = self._desk.examples.get(item.obj)
        if examples is None:
            return False
        outcome = self._desk.outcome
        assert outcome is not None
        function: Any = item.obj
        body = function.hypothesis.inner_test
        fixtures = given_by_pytest(item)

        def run(example: example_replay.Example) -> BaseException | None:
            self._desk.student.begin()
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
            if error is not None and (self._brief or isinstance(error, Overrun)):
                raise error  # of an overrun a smaller example would cost the same
            if error is not None:
                steps = self._desk.student.trace
                try:
                    smaller = example_replay.shrink(example, run, type(error))
                    raised = run(smaller)
                except WorkerFailure:  # the time is over, or it runs into a limit with these
                    self._desk.student.trace = steps
                    raise error from None
                outcome.example = smaller
                raise raised or error
        outcome.example = {}
        return True
