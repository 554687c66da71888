"""The checks that follow from a scenario, as pytest collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import pytest
from hypothesis import example, given, settings

from grader.checks.misconceptions import aspect
from grader.checks.observation import Seen as Look
from grader.checks.scenarios.compare import expect_same, resolved
from grader.checks.scenarios.running import (
    MEASURED_ATOL,
    MEASURED_RTOL,
    Bench,
    Scenario,
    Slope,
)
from grader.checks.scenarios.variations import Variation, plainly
from grader.checks.side_effects import expect_arguments_left_alone, expect_nothing_left
from grader.remote.steps import StudentError

Test = Callable[..., Any]

ORDINARY, MEASURED, VARIED = 4.0, 2.0, 1.0
"""Weights of checks in their group."""
MEASURED_EXAMPLES = 6
MEASURED_SO: dict[str, Any] = {"rtol": MEASURED_RTOL, "atol": MEASURED_ATOL, "unit": 1.0}


def ordinary_check(scenario: Scenario, name: str, title: str, examples: int) -> Test:
    """The observations of a name, for all cases near and small."""

    def test(case, student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
        bench = Bench(student, reference, once, drawn, waived)
        yours, right = scenario.observed(bench, case), scenario.right(reference, case)
        with scenario.left_to_needed(bench, name):
            scenario.expect_slope_or_right(bench, name, case, yours, right)

    title = title or f"{scenario.named(name).label} is right, whatever the sizes and numbers"
    test = settings(max_examples=examples)(given(case=scenario.strategy)(test))
    for corner in scenario.cases.corners():
        test = example(case=corner)(test)
    return _marked(scenario, test, name, check_name(scenario, name), title, ORDINARY)


def measured_check(scenario: Scenario, name: str, slope: Slope, title: str) -> Test:
    """A gradient, compared with the one that is measured."""
    label, of = scenario.named(name).label, scenario.named(slope.of).label

    def test(case, student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
        bench = Bench(student, reference, once, drawn, waived)
        yours, right = scenario.observed(bench, case), scenario.right(reference, case)
        measured = scenario.measured(reference, slope, case)
        try:
            expect_same(scenario.value(name, yours), measured, label, **MEASURED_SO)
        except AssertionError:
            with scenario.left_to_needed(bench, name):
                scenario.expect_slope_or_right(bench, name, case, yours, right)

    title = title or f"{label} is the slope of {of}, measured numerically"
    strategy = scenario.cases.strategy(_whole=False)
    test = settings(max_examples=MEASURED_EXAMPLES)(given(case=strategy)(test))
    return _marked(scenario, test, name, f"{check_name(scenario, name)}_measured", title, MEASURED)


def seen_aspect(scenario: Scenario, name: str) -> Test:
    """How predictions look at the observations of a name; they may read the parts of the case."""
    observed = scenario.named(name)
    noun = f"The {name.replace('.', ' ').replace('-', ' ')}"

    def see(student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
        bench = Bench(student, reference, once, drawn, waived)

        def look(case: Any) -> Look | None:
            if type(case) is not scenario.cases:
                return None
            right = scenario.all_of(name, scenario.right(reference, case))
            try:
                yours = scenario.all_of(name, scenario.observed(bench, case))
            except StudentError as error:
                yours = error
            return Look(yours, right, case=case, **case._values)

        return look

    see.__name__ = f"see_{_identifier(scenario, name)}"
    marked: Test = aspect(observed.aspect, groups=(observed.group,), noun=noun)(see)
    return marked


# -- variations ----------------------------------------------------------------------------------


def varied_checks(scenario: Scenario, variation: Variation) -> Iterator[Test]:
    """A check for each group of what is observed, under other circumstances."""
    groups: dict[str, list[str]] = {}
    for name in scenario.names:
        groups.setdefault(scenario.named(name).group, []).append(name)

    def seen(bench: Bench, key: Any) -> Any:
        def run(key: Any) -> Any:
            with bench.student.program():
                return variation.run(scenario, bench.student, key)

        name = f"{scenario.name} {variation.name}"
        return bench.once.each(name, variation.keys, run)(key)

    def for_group(names: list[str]) -> Test:
        def test(student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
            bench = Bench(student, reference, once, drawn, waived)
            for key in variation.keys:
                right = scenario.right_when(reference, variation.run, (variation.name, key))
                for (case, yours, place, near), wanted in zip(seen(bench, key), right, strict=True):
                    for name in names:
                        with scenario.as_usual(bench, name):
                            scenario.expect(name, yours, wanted, case, place, **near)

        return test

    for group, names in groups.items():
        title = f"{scenario.named(names[0]).label} {variation.told}"
        usual = check_name(scenario, names[0])
        name = f"test_{_identifier(scenario, group)}_{variation.name}"
        yield _marked(scenario, for_group(names), group, name, title, VARIED, variant_of=usual)


def purity_check(
    scenario: Scenario, variations: Sequence[Variation], group: str, may_draw: bool
) -> Test:
    """That calls leave what is not theirs as it was, under whatever circumstances."""
    usual = Variation("usual", "", [(scenario.cases.ordinary(),)], plainly)
    keys = [(number, key) for number, v in enumerate((usual, *variations)) for key in v.keys]

    def test(student, once):  # type: ignore[no-untyped-def]
        def run(numbered: Any) -> Any:
            number, key = numbered
            with student.program():
                student.watch()
                compared = (usual, *variations)[number].run(scenario, student, key)
                return compared, student.left()

        for key in keys:
            compared, left = once.each(f"{scenario.name} purity", keys, run)(key)
            for _, seen, *_ in compared:
                for value in chain.from_iterable(seen.values()):
                    resolved(value)  # what raises has done nothing that could be looked at
            expect_arguments_left_alone(left)
            names = student.functions | student.known_methods if may_draw else ()
            expect_nothing_left(left, may_draw=names)

    title = "Arguments, earlier results and NumPy's state stay as they were"
    return _marked(scenario, test, group, f"test_{scenario.name}_leaves_nothing", title, VARIED)


# -- names and marks -----------------------------------------------------------------------------


def check_name(scenario: Scenario, name: str) -> str:
    """The name of the ordinary check of an observation."""
    return f"test_{_identifier(scenario, name)}"


def _identifier(scenario: Scenario, name: str) -> str:
    return f"{scenario.name}_{name}".replace("-", "_").replace(".", "_")


def _marked(
    scenario: Scenario,
    test: Test,
    name: str,
    function: str,
    title: str,
    weight: float,
    variant_of: str = "",
) -> Test:
    """A check of the group of an observation, under the name of a function."""
    test.__name__ = test.__qualname__ = function
    test.declared_at = scenario.line  # type: ignore[attr-defined]
    mark = pytest.mark.check(
        group=name.partition(".")[0], title=title, weight=weight, variant_of=variant_of
    )
    marked: Test = mark(test)
    return marked
