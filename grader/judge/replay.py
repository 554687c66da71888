"""Room: hypothesis examples, drawn once per session and replayed for every submission.

A passing run of a derandomised ``@given`` test draws the same examples whoever is tested, so
they are drawn once, against nothing, and kept. Replayed from the smallest upwards, the first
failing example is already small: every smaller one has passed. A few more tries, with one size
reduced at a time, make it the smallest. Hypothesis' own shrinking and explaining would cost
hundreds of calls for each failure; this way a wrong submission is hardly slower than a right one.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest import mock

import hypothesis
from hypothesis import Phase, settings
from hypothesis.errors import HypothesisDeprecationWarning
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import DataObject

Example = dict[str, Any]

PROFILE = "grader"


@contextlib.contextmanager
def profile() -> Iterator[None]:
    """Set the defaults for ``@given`` in checks: repeatable, untimed, no database."""
    before = settings.get_current_profile_name()
    settings.register_profile(
        PROFILE,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        # The explain phase is what makes hypothesis slow on wrong submissions.
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    settings.load_profile(PROFILE)
    try:
        with _no_constants_of_ours(), warnings.catch_warnings():
            # assume() in a body that is replayed is called outside of hypothesis, on purpose.
            warnings.simplefilter("ignore", HypothesisDeprecationWarning)
            yield
    finally:
        settings.load_profile(before)


def _no_constants_of_ours() -> contextlib.AbstractContextManager[Any]:
    """Keep hypothesis from mixing numbers that stand in local source files into what it draws.

    What is local depends on where the package is installed, so that a report would depend on
    it too; and reading all those files costs time, and leaves a folder behind. There is no
    setting for it (hypothesis 6.170); where the function is gone, there is nothing to do.
    """
    if not hasattr(providers, "_get_local_constants"):
        return contextlib.nullcontext()
    nothing = Constants()
    return mock.patch.object(providers, "_get_local_constants", lambda: nothing)


def draw_examples(
    test: Callable[..., Any], fixtures: Iterable[str], seed: int
) -> list[Example] | None:
    """Draw the examples of a ``@given`` test, smallest first, without running its body.

    Args:
        test: The decorated function.
        fixtures: Names of the arguments that hypothesis does not supply.
        seed: Decides what is drawn.

    Returns:
        Keyword arguments for each example; None if they cannot be drawn beforehand because the
        test draws interactively (``st.data()``).
    """
    handle: Any = test.hypothesis  # type: ignore[attr-defined]
    body = handle.inner_test
    drawn: list[Example] = []
    given_by_pytest = dict.fromkeys(fixtures)

    def record(**arguments: Any) -> None:
        drawn.append({k: v for k, v in arguments.items() if k not in given_by_pytest})

    handle.inner_test = record
    try:
        hypothesis.seed(seed)(test)(**given_by_pytest)
    finally:
        handle.inner_test = body
    if any(isinstance(value, DataObject) for example in drawn for value in example.values()):
        return None
    return sorted(drawn, key=_size)


MAX_TRIES = 40
"""Smaller examples that are tried when one has failed."""


def shrink(
    example: Example, run: Callable[[Example], BaseException | None], kind: type[BaseException]
) -> Example:
    """Reduce a failing example while it goes on failing in the same way.

    Args:
        example: Values that have a method ``smaller()`` giving reduced ones are reduced.
        run: Tries an example and returns what it raised.
        kind: What it has to raise.
    """
    tried: list[Example] = [example]
    reduced = True
    while reduced:
        reduced = False
        for candidate in _smaller(example):
            if candidate in tried:
                continue
            if len(tried) > MAX_TRIES:
                return example
            tried.append(candidate)
            if type(run(candidate)) is kind:
                example, reduced = candidate, True
                break
    return example


def _smaller(example: Example) -> Iterator[Example]:
    for name, value in example.items():
        for less in getattr(value, "smaller", lambda: ())():
            yield {**example, name: less}


def _size(example: Example) -> float:
    """How large an example is: the values' own ``size``, else the length of their text."""
    return sum(getattr(value, "size", len(repr(value))) for value in example.values())
