"""The checks that follow from a scenario, as pytest collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings

from grader.checks.misconceptions import aspect
from grader.checks.observation import Seen as Look
from grader.checks.scenarios.cases import Case, Changed, Floats
from grader.checks.scenarios.compare import expect_same, resolved
from grader.checks.scenarios.running import (
    MEASURED_ATOL,
    MEASURED_RTOL,
    Bench,
    Scenario,
    Seen,
    Slope,
    interleaved,
)
from grader.checks.side_effects import expect_arguments_left_alone, expect_nothing_left
from grader.remote.steps import StudentError

Test = Callable[..., Any]

ORDINARY, MEASURED, VARIED = 4.0, 2.0, 1.0
"""Weights of checks in their group."""
MEASURED_EXAMPLES = 6
LAYOUTS = {
    "fortran": " for arrays in Fortran order",
    "strided": " for arrays that are not contiguous",
}
MEASURED_SO: dict[str, Any] = {"rtol": MEASURED_RTOL, "atol": MEASURED_ATOL, "unit": 1.0}
SINGLE = {"rtol": 1e-5, "atol": 1e-6}
"""What is left of single precision, where numbers come in it."""


def ordinary_check(
    scenario: Scenario, name: str, title: str, examples: int, needed: tuple[Scenario, str] | None
) -> Test:
    """The observations of a name, for all cases near and small.

    Args:
        needed: An observation, and its scenario, that has to be right for these to be.
    """

    def test(case, student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
        bench = Bench(student, reference, once, drawn, waived)
        yours, right = scenario.observed(bench, case), scenario.right(reference, case)
        with needed[0].left_to(bench, needed[1]) if needed else nullcontext():
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
            scenario.expect_slope_or_right(bench, name, case, yours, right)

    title = title or f"{label} is the slope of {of}, measured numerically"
    strategy = scenario.cases.strategy(whole=False)
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
            return Look(yours, right, case=case, **case.values)

        return look

    see.__name__ = f"see_{_identifier(scenario, name)}"
    marked: Test = aspect(observed.aspect, groups=(observed.group,), noun=noun)(see)
    return marked


# -- variations ----------------------------------------------------------------------------------


def variation_checks(scenario: Scenario, chosen: Mapping[str, Any]) -> Iterator[Test]:
    """A check for each group and each circumstance that is chosen."""
    cases = scenario.cases
    one, other = cases.ordinary(), cases.corners()[0].but(seed=3)
    if chosen["layouts"] and _laid_out(one):
        keys: list[Any] = [(one, layout) for layout in LAYOUTS]
        yield from _varied(scenario, "layouts", "for arrays in other memory layouts", keys, _layout)
    if chosen["dtypes"] and _cast(one):
        keys = [(one, dtype) for dtype in chosen["dtypes"]]
        listed = " and ".join(chosen["dtypes"])
        yield from _varied(scenario, "types", f"for arrays of {listed}", keys, _typed)
    if chosen["large"] and cases.far():
        told = "for many, large and tiny numbers"
        yield from _varied(scenario, "far", told, [(case,) for case in cases.far()], _plain)
    if chosen["again"]:
        yield from _varied(scenario, "again", "again, after other calls", [(one, other)], _again)
    if chosen["in_turn"]:
        told = "while calls for another case take turns with these"
        yield from _varied(scenario, "in_turn", told, [(one, other)], _in_turn)


Variation = Callable[[Scenario, Any, Any], list[tuple[Any, Seen, str, dict[str, Any]]]]
"""From a scenario, a module and a key to what is to be compared: the case as the reference is given
it, what was seen, what is special, and how near it has to be."""


def _varied(
    scenario: Scenario, kind: str, told: str, keys: list[Any], variation: Variation
) -> Iterator[Test]:
    groups: dict[str, list[str]] = {}
    for name in scenario.names:
        groups.setdefault(scenario.named(name).group, []).append(name)

    def varied(bench: Bench, key: Any) -> Any:
        def run(key: Any) -> Any:
            with bench.student.program():
                return variation(scenario, bench.student, key)

        return bench.once.each(f"{scenario.name} {kind}", keys, run)(key)

    def usually(bench: Bench, reference: Any, name: str) -> AbstractContextManager[None]:
        """What fits the submission's own, wrong values in an ordinary case is excused here."""
        if name not in scenario.slopes:
            return nullcontext()
        usual = scenario.cases.ordinary()
        seen, right = scenario.observed(bench, usual), scenario.right(reference, usual)
        return scenario.excused(bench, name, usual, seen, right)

    def for_group(names: list[str]) -> Test:
        def test(student, reference, once, drawn, waived):  # type: ignore[no-untyped-def]
            bench = Bench(student, reference, once, drawn, waived)
            for key in keys:
                for case, seen, place, tolerance in varied(bench, key):
                    right = scenario.right(reference, case, (kind, key, place))
                    for name in names:
                        with usually(bench, reference, name):
                            scenario.expect(name, seen, right, case, place, **tolerance)

        return test

    for group, names in groups.items():
        title = f"{scenario.named(names[0]).label} {told}"
        usual = check_name(scenario, names[0])
        name = f"test_{_identifier(scenario, group)}_{kind}"
        yield _marked(scenario, for_group(names), group, name, title, VARIED, variant_of=usual)


def _plain(scenario: Scenario, module: Any, key: Any) -> Any:
    (case,) = key
    return [(case, scenario.run(module, case), "", {})]


def _layout(scenario: Scenario, module: Any, key: Any) -> Any:
    case, layout = key
    laid = {name: module.array(case.values[name], layout) for name in _laid_out(case)}
    return [(case, scenario.run(module, Changed(case, **laid)), LAYOUTS[layout], {})]


def _typed(scenario: Scenario, module: Any, key: Any) -> Any:
    case, dtype = key
    cast = {name: (case.values[name] * 2).astype(dtype) for name in _cast(case)}
    wide = {name: value.astype(float) for name, value in cast.items()}
    seen = scenario.run(module, Changed(case, **cast))
    return [(Changed(case, **wide), seen, f" for arrays of {dtype}", _tolerance(dtype))]


def _again(scenario: Scenario, module: Any, key: Any) -> Any:
    one, other = key
    runs = [(case, scenario.run(module, case)) for case in (one, other, one)]
    places = ("", ", after other calls", ", after other calls, again")
    return [(case, seen, place, {}) for (case, seen), place in zip(runs, places, strict=True)]


def _in_turn(scenario: Scenario, module: Any, key: Any) -> Any:
    seen = interleaved(*(scenario.function(module, case) for case in key))
    places = (", while others are made in turn", ", in turn with others")
    return [(case, each, place, {}) for case, each, place in zip(key, seen, places, strict=True)]


def _tolerance(dtype: str) -> dict[str, Any]:
    return SINGLE if np.dtype(dtype).kind == "f" and np.dtype(dtype).itemsize < 8 else {}


def _laid_out(case: Case) -> list[str]:
    return [name for name in case._arrays if np.ndim(case.values[name])]


def _cast(case: Case) -> list[str]:
    return [
        name
        for name, array in case._arrays.items()
        if isinstance(array, Floats) and array.between is None
    ]


# -- purity --------------------------------------------------------------------------------------


def purity_check(scenario: Scenario, group: str, may_draw: bool) -> Test:
    """That calls leave what is not theirs as it was."""
    keys = [scenario.cases.ordinary(), scenario.cases.corners()[0]]

    def test(student, once):  # type: ignore[no-untyped-def]
        def run(case: Any) -> Any:
            with student.program():
                student.watch()
                seen = scenario.run(student, case)
                return seen, student.left()

        for case in keys:
            seen, left = once.each(f"{scenario.name} purity", keys, run)(case)
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
