"""**For authors**: an exercise as scenarios, from which its checks follow.

A scenario is a function that does something with a submission and yields what is to be looked at::

    @scenario(Batch)
    def probabilities(module, case):
        yield "forward", module.softmax(case.scores)

A name is a group of ``problem.toml``, and may have a part behind a dot (``forward.mean``). What is
right is what the same function yields with the reference. From it follow a check of each
observation, for cases that Hypothesis draws, one aspect for predictions, numerical gradients
(:func:`gradient`) and the same under other circumstances (:func:`vary`). They become functions of
the module that declares them, as if they had been written there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.checks.scenarios.cases import Case, booleans, floats, integers, one_of, sizes
from grader.checks.scenarios.generated import (
    measured_check,
    ordinary_check,
    purity_check,
    seen_aspect,
    varied_checks,
)
from grader.checks.scenarios.running import Function, Scenario, Slope
from grader.checks.scenarios.variations import variations

__all__ = [
    "Case",
    "booleans",
    "floats",
    "gradient",
    "integers",
    "one_of",
    "scenario",
    "scenarios_in",
    "sizes",
    "vary",
]

_DECLARED, _VARIED = "__scenarios__", "__varied__"


def scenarios_in(module: Mapping[str, Any]) -> list[Scenario]:
    """The scenarios that a module declares, in order."""
    return list(module.get(_DECLARED, []))


def scenario(
    cases: type[Case],
    *,
    titles: Mapping[str, str] | None = None,
    needs: Mapping[str, str | tuple[str, ...]] | None = None,
    fresh: bool = False,
    examples: int = 15,
    scale: Callable[[Any], float] | None = None,
) -> Callable[[Function], Function]:
    """Declare the decorated function, of a module and a case, as a scenario.

    Args:
        cases: What it is tried with.
        titles: Titles of checks, by the names of observations.
        needs: For names of observations, others, of this scenario or one above: what is wrong
            already there, in an ordinary case, costs nothing here.
        fresh: Whether it looks at new instances, so that :func:`vary` must not use one again.
        examples: How many cases are drawn, besides the corners.
        scale: From a case to the size of an ordinary number in it, which a tolerance is relative
            to; by default 1, or less for tiny numbers.

    Raises:
        SyntaxError: It yields something else than a name and a value.
        ValueError: It needs what no scenario yields.
    """

    def declare(function: Function) -> Function:
        namespace = function.__globals__
        declared = Scenario(function, cases, scale)
        declared.fresh = fresh
        namespace.setdefault(_DECLARED, []).append(declared)
        for name, needed in (needs or {}).items():
            needed = (needed,) if isinstance(needed, str) else needed
            declared.needs[name] = [(_yielding(namespace, each), each) for each in needed]
        for name in declared.names:
            title = (titles or {}).get(name, "")
            _add(namespace, ordinary_check(declared, name, title, examples))
            _add(namespace, seen_aspect(declared, name))
        return function

    return declare


def gradient(name: str, *, of: str, wrt: str, upstream: str = "", title: str = "") -> None:
    """Declare that an observation is the gradient of another one, and have it measured.

    By central differences of the reference. A gradient that is wrong, and fits the submission's
    own wrong values of ``of``, costs nothing where these do.

    Args:
        name: The gradient.
        of: What is differentiated.
        wrt: The array of the case with respect to which.
        upstream: The array of the case that is the gradient of the loss with respect to ``of``;
            without it, ``of`` is the loss, or the loss is its sum.
        title: Of the check.

    Raises:
        ValueError: No scenario above yields both, or cases have no such array.
    """
    namespace = sys._getframe(1).f_globals
    for declared in scenarios_in(namespace):
        if {name, of} <= {*declared.names}:
            for array in filter(None, (wrt, upstream)):
                if array not in declared.cases._arrays:
                    raise ValueError(f"gradient: {declared.cases.__name__} has no array {array!r}")
            declared.slopes[name] = slope = Slope(of, wrt, upstream)
            _add(namespace, measured_check(declared, name, slope, title))
            return
    raise ValueError(f"gradient: no scenario above yields both {name!r} and {of!r}")


def vary(
    *,
    layouts: bool = True,
    dtypes: Sequence[str] = ("float32", "int64"),
    inputs: Sequence[str] = (),
    large: bool = True,
    again: bool = True,
    in_turn: bool = True,
    purity: str = "",
    may_draw: bool = False,
) -> None:
    """Declare under which other circumstances the scenarios above hold; each is a check.

    Those that an earlier call was about are left out.

    Args:
        layouts: For arrays in other memory layouts.
        dtypes: For arrays of floats that come in these types.
        inputs: The arrays that come so; all by default.
        large: For sizes far from the small ones, and for large and tiny numbers.
        again: After the same and the other scenarios, with the same instance where there is one.
        in_turn: With two cases whose calls take turns.
        purity: A group: arguments, earlier results and NumPy's state stay as they were.
        may_draw: Whether calls may draw from NumPy's global generator.
    """
    namespace = sys._getframe(1).f_globals
    declared = scenarios_in(namespace)
    for each in declared:
        if each in namespace.setdefault(_VARIED, []):
            continue
        namespace[_VARIED].append(each)
        alike = [o for o in declared if o is not each and o.cases is each.cases and not o.fresh]
        chosen = variations(
            each,
            alike,
            layouts=layouts,
            dtypes=dtypes,
            large=large,
            again=again,
            in_turn=in_turn,
            inputs=inputs,
        )
        for variation in chosen:
            for test in varied_checks(each, variation):
                _add(namespace, test)
        if purity and each.arrays:
            _add(namespace, purity_check(each, chosen, purity, may_draw))


def _yielding(namespace: Mapping[str, Any], name: str) -> Scenario:
    for declared in scenarios_in(namespace):
        if name in declared.names:
            return declared
    raise ValueError(f"scenario: no scenario yields {name!r}, which is needed")


def _add(namespace: dict[str, Any], test: Callable[..., Any]) -> None:
    test.__module__ = namespace["__name__"]
    if test.__name__ in namespace:
        raise ValueError(f"{test.__name__} is there already: two scenarios make it")
    namespace[test.__name__] = test
