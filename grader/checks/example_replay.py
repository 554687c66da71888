"""Hypothesis examples, drawn once per session and replayed for every submission.

A passing run of a derandomised ``@given`` test draws the same examples whoever is tested, so
they are drawn once, against nothing, and kept. Replayed from the smallest upwards, the first
failing example is already small: every smaller one has passed. A few more tries, with one size
reduced at a time, make it the smallest. Where Hypothesis shrinks and explains a failure of its
own finding it runs the test anew for each attempt; here a wrong submission is hardly slower than a
right one.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import hypothesis
from hypothesis import Phase, settings
from hypothesis.errors import HypothesisDeprecationWarning
from hypothesis.strategies import DataObject

from grader.checks import hypothesis_private

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
        # No explain phase: it runs a failing test again and again, for what no report shows.
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    settings.load_profile(PROFILE)
    try:
        with hypothesis_private.no_local_constants(), warnings.catch_warnings():
            # assume() in a body that is replayed is called outside of hypothesis, on purpose.
            warnings.simplefilter("ignore", HypothesisDeprecationWarning)
            yield
    finally:
        settings.load_profile(before)


Drawn = dict[Any, list[Example]]
"""What has been drawn already, for tests that ask for the same."""


def draw_examples(
    test: Callable[..., Any], fixtures: Iterable[str], seed: int, known: Drawn | None = None
) -> list[Example] | None:
    """Draw the examples of a ``@given`` test, smallest first, without running its body.

    Args:
        test: The decorated function.
        fixtures: Names of the arguments that hypothesis does not supply.
        seed: Decides what is drawn.
        known: Where to look first, and to leave what is drawn: tests that draw equally often
            from the very same strategies draw the same.

    Returns:
        Keyword arguments for each example; None if they cannot be drawn beforehand because the
        test draws interactively (``st.data()``).
    """
    explicit = hypothesis_private.explicit_examples(test)
    strategies = hypothesis_private.strategies_of(test)
    own = hypothesis_private.settings_of(test)
    if Phase.generate not in own.phases:
        return sorted(explicit, key=_order)
    key = None
    if known is not None and strategies:
        key = (frozenset((name, id(s)) for name, s in strategies.items()), own.max_examples, seed)
        if key in known:
            return sorted([*explicit, *known[key]], key=_order)
    drawn = _drawn_by_hypothesis(test, dict.fromkeys(fixtures), seed)
    if any(isinstance(value, DataObject) for example in drawn for value in example.values()):
        return None
    if known is not None and key is not None:
        known[key] = drawn
    return sorted([*explicit, *drawn], key=_order)


def _drawn_by_hypothesis(test: Any, given_by_pytest: dict[str, None], seed: int) -> list[Example]:
    """Have hypothesis run the test with a body that only records what it is given."""
    drawn: list[Example] = []

    def record(**arguments: Any) -> None:
        drawn.append({k: v for k, v in arguments.items() if k not in given_by_pytest})

    handle = test.hypothesis
    body, handle.inner_test = handle.inner_test, record
    try:
        # The explicit ones are known already, and slow to be run.
        with hypothesis_private.without_explicit_examples(test):
            hypothesis.seed(seed)(test)(**given_by_pytest)
    finally:
        handle.inner_test = body
    return drawn


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


def _order(example: Example) -> tuple[float, str]:
    """Smaller first: by the values' own ``size``, else the length of their text; then by text."""
    texts = {name: repr(value) for name, value in example.items()}
    size = sum(getattr(value, "size", len(texts[name])) for name, value in example.items())
    return size, str(texts)
