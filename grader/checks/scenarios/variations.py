"""The circumstances under which a scenario is repeated: layouts, types, sizes, earlier calls.

Each is a function of a scenario, a module and a key, for a program block. It gives what is to be
compared: the case as the reference is given it, what was seen, what is special about it, and how
near it has to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.checks.scenarios.cases import Case, Changed, Floats
from grader.checks.scenarios.running import Scenario, Seen, interleaved
from grader.remote.objects import RemoteClass
from grader.remote.student import Student

Compared = list[tuple[Any, Seen, str, dict[str, Any]]]

LAYOUTS = {"fortran": " in Fortran order", "strided": " for arrays that are not contiguous"}
SINGLE = {"rtol": 1e-5, "atol": 1e-6}
"""What is left of single precision, where numbers come in it."""


class Variation(msgspec.Struct, frozen=True):
    """One kind of circumstances.

    Attributes:
        name: For the names of checks.
        told: For their titles.
        keys: What it is tried with, each a message of its own.
        run: Does it.
    """

    name: str
    told: str
    keys: list[Any]
    run: Callable[[Scenario, Any, Any], Compared]


def variations(
    scenario: Scenario,
    others: Sequence[Scenario],
    *,
    layouts: bool,
    dtypes: Sequence[str],
    large: bool,
    again: bool,
    in_turn: bool,
    inputs: Sequence[str],
) -> list[Variation]:
    """The variations of a scenario that are chosen, and make sense for it.

    Args:
        others: Scenarios for the same cases, which come between two runs of this one.
        inputs: The arrays that come in other layouts and types; all that are used by default.
    """
    cases = scenario.cases
    others_last = {name: option.values[-1] for name, option in cases._options.items()}
    one, small = cases.ordinary(), cases.corners()[0].but(_seed=3, **others_last)
    wide = [far for far in cases.far() if far._scale == 1.0]
    used = [name for name in inputs or cases._arrays if name in scenario.arrays]
    found = []
    if layouts and (laid := [name for name in used if np.ndim(one._values[name])]):
        keys: list[Any] = [(one, layout, tuple(laid)) for layout in LAYOUTS]
        found.append(Variation("layouts", "for arrays in other memory layouts", keys, _layout))
    if dtypes and (cast := [name for name in used if _is_free(cases, name)]):
        keys = [(one, dtype, tuple(cast)) for dtype in dtypes]
        told = f"for arrays of {' and '.join(dtypes)}"
        found.append(Variation("types", told, keys, _typed))
    if large and cases.far():
        keys = [(case,) for case in cases.far()]
        found.append(Variation("far", "for many, large and tiny numbers", keys, plainly))
    if again:
        keys = [(one, _with_other_rows(one), small, tuple(others))]
        keys += [(far, far.but(_seed=1), far, ()) for far in wide]
        found.append(Variation("again", "again, after other calls", keys, _again))
    if in_turn:
        told = "while calls for another case take turns with these"
        pairs = [(one, small), *((far, far.but(_seed=1)) for far in wide)]
        found.append(Variation("in_turn", told, pairs, _in_turn))
    return found


def _is_free(cases: type[Case], name: str) -> bool:
    array = cases._arrays[name]
    return isinstance(array, Floats) and array.between is None and bool(array.shape)


def _with_other_rows(case: Case) -> Case:
    """The case with another seed, and the first size another one if that can be."""
    name = next(iter(case._sizes), None)
    if name is None:
        return case.but(_seed=7)
    size, side = case._sizes[name], case._chosen[name]
    other = case.but(_seed=7, **{name: side + 1 if side < size.high else max(size.low, side - 1)})
    return other if other.fits() else case.but(_seed=7)


def plainly(scenario: Scenario, module: Any, key: Any) -> Compared:
    """The scenario as it is."""
    (case,) = key
    return [(case, scenario.run(module, case), "", {})]


def _layout(scenario: Scenario, module: Any, key: Any) -> Compared:
    case, layout, names = key
    there = isinstance(module, Student)
    laid = {name: module.array(case._values[name], layout) for name in names if there}
    return [(case, scenario.run(module, Changed(case, **laid)), LAYOUTS[layout], {})]


def _typed(scenario: Scenario, module: Any, key: Any) -> Compared:
    case, dtype, names = key
    cast = {name: (case._values[name] * 2).astype(dtype) for name in names}
    if not isinstance(module, Student):  # what is right does not depend on the type
        cast = {name: value.astype(float) for name, value in cast.items()}
    seen = scenario.run(module, Changed(case, **cast))
    return [(case, seen, f" for arrays of {dtype}", _tolerance(dtype))]


def _tolerance(dtype: str) -> dict[str, Any]:
    kind = np.dtype(dtype)
    return SINGLE if kind.kind == "f" and kind.itemsize < np.dtype(float).itemsize else {}


def _again(scenario: Scenario, module: Any, key: Any) -> Compared:
    """The scenario five times, with one instance as far as its sizes allow, and others between."""
    one, other, small, between = key
    reused = module if scenario.fresh else Reused(module)
    runs: list[tuple[Any, Seen]] = [(one, scenario.run(reused, one))]
    for each in between:
        each.run(reused, other)
    # A number goes to constructors, of which each makes an instance of its own.
    kept = {name: one._values[name] for name in one._arrays if not np.ndim(one._values[name])}
    later = [Changed(case, **kept) for case in (one.but(_seed=7), other, small)]
    runs += [(case, scenario.run(reused, case)) for case in (*later, one)]
    return [(case, seen, f", call {n} of it", {}) for n, (case, seen) in enumerate(runs, 1)]


def _in_turn(scenario: Scenario, module: Any, key: Any) -> Compared:
    seen = interleaved(*(scenario.function(module, case) for case in key))
    places = (", while others are made in turn", ", in turn with others")
    return [(case, each, place, {}) for case, each, place in zip(key, seen, places, strict=True)]


class Reused:
    """A module whose classes give the instance that there is, where one was made like this."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._made: dict[tuple[str, str], Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if not isinstance(found, type | RemoteClass):
            return found

        def make(*args: Any, **kwargs: Any) -> Any:
            told = name, repr((args, kwargs))
            if told not in self._made:
                self._made[told] = found(*args, **kwargs)
            return self._made[told]

        return make
