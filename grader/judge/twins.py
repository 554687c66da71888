"""Known mistakes without a rule: samples that are wrong, as what a submission may behave like.

A rejected sample whose header has a hint is a known program. Where scenarios observe of a
submission what they observe of the sample, and not what is right, the header is the diagnosis. A
sample runs in the judge's process, as the reference does; it is the author's.
"""

from __future__ import annotations

import contextlib
import io
import types
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.checks.misconceptions import Mistake, Text
from grader.checks.scenarios.running import Scenario, put, seeded
from grader.judge.loading import load_module
from grader.model.problem import Problem
from grader.model.sample_header import Declaration, read_declaration


def twins(problem: Problem, scenarios: Iterable[Scenario]) -> list[Mistake]:
    """The mistakes that samples stand for: one for each observation of a group that they fail.

    Raises:
        ProblemError: A header cannot be read.
    """
    scenarios = list(scenarios)
    samples = [_Sample(problem, path, read_declaration(path)) for path in problem.twins]
    return [mistake for sample in samples for mistake in sample.mistakes(scenarios)]


class _Sample:
    """A wrong program, run when something is compared with it."""

    def __init__(self, problem: Problem, path: Path, header: Declaration) -> None:
        self._problem, self._path, self._header = problem, path, header
        self._seen: dict[tuple[str, str, Any], Any] = {}

    def mistakes(self, scenarios: Iterable[Scenario]) -> Iterator[Mistake]:
        """What it would give, for each observation of the groups that it says it fails."""
        for scenario in scenarios:
            for name in scenario.names:
                if scenario.named(name).group in (self._header.fails or ()):
                    yield Mistake(
                        self._path.stem.replace("_", "-"),
                        scenario.named(name).aspect,
                        self._text,
                        lambda given, scenario=scenario, name=name: self._gives(
                            scenario, name, given.case
                        ),
                    )

    @property
    def _text(self) -> Text:
        about, header = self._header.about or "", self._header
        title = about if about[:1].isupper() else f"Your code {about}"
        return Text(_sentence(title), header.why, header.hint, header.stronger or header.hint)

    @cached_property
    def _module(self) -> types.ModuleType:
        with contextlib.redirect_stdout(io.StringIO()):
            return load_module(self._problem, self._path)

    def _gives(self, scenario: Scenario, name: str, case: Any) -> Any:
        """What it gives for a case; raises what it raises."""
        key = scenario.name, name, case
        if key not in self._seen:
            with contextlib.redirect_stdout(io.StringIO()), seeded():
                seen: dict[str, list[Any]] = {}
                try:
                    for pair in scenario.function(self._module, case):
                        put(seen, *pair)
                except Exception as error:
                    self._seen[key] = error
                if name in seen:
                    self._seen[key] = scenario.all_of(name, seen)
        found = self._seen[key]
        if isinstance(found, Exception):
            raise found
        return found


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
