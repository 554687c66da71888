"""What is used of Hypothesis that is not documented. Tried with 6.140.0 and 6.170.17.

Nothing else of the grader uses such names (:mod:`grader.remote.student` knows some that Hypothesis
looks for); ``tests/checks/test_hypothesis_private.py`` says which of them is gone, or means
something else, in a version that is newer than these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import settings
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_EXPLICIT = "hypothesis_explicit_examples"


@contextlib.contextmanager
def no_local_constants() -> Iterator[None]:
    """Keep Hypothesis from mixing numbers that stand in local source files into what it draws.

    What is local depends on where the package is installed, so that a report would depend on
    it too; and reading all those files costs time, and leaves a folder behind. There is no
    setting for it. A cache holds them as well, if a test of this process has drawn before: in
    the block there is another one. Where a name is gone, there is nothing to do.
    """
    nothing = Constants()
    stand_ins = {"_get_local_constants": lambda: nothing, "CONSTANTS_CACHE": LRUCache(1024)}
    before = {name: getattr(providers, name) for name in stand_ins if hasattr(providers, name)}
    for name in before:
        setattr(providers, name, stand_ins[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(providers, name, value)


def explicit_examples(test: Any) -> list[dict[str, Any]]:
    """The arguments of each ``@example`` of a test."""
    return [dict(each.kwargs) for each in getattr(test, _EXPLICIT, ())]


@contextlib.contextmanager
def without_explicit_examples(test: Any) -> Iterator[None]:
    """Have a test run what is drawn only."""
    explicit = getattr(test, _EXPLICIT, None)
    if explicit is not None:
        delattr(test, _EXPLICIT)
    try:
        yield
    finally:
        if explicit is not None:
            setattr(test, _EXPLICIT, explicit)


def strategies_of(test: Any) -> Mapping[str, Any] | None:
    """What the arguments of a ``@given`` test are drawn from; None if that cannot be told."""
    return getattr(test.hypothesis, "_given_kwargs", None)


def settings_of(test: Any) -> settings:
    """The settings that a test was decorated with, or the profile's."""
    return getattr(test, "_hypothesis_internal_use_settings", None) or settings()
