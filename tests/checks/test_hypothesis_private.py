"""The names of Hypothesis that are not documented: a test for each, that fails if it is gone."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from grader.checks import hypothesis_private as private

NUMBERS = st.integers(0, 9)


@example(number=10)
@example(number=11)
@settings(max_examples=7)
@given(number=NUMBERS)
def decorated(number: int) -> None:
    """A test with everything that is asked for."""


@given(number=NUMBERS)
def plain(number: int) -> None:
    """A test without."""


def test_constants_of_source_files() -> None:
    """``providers._get_local_constants`` is what finds them, and finds none in the block."""
    before = providers._get_local_constants
    with private.no_local_constants():
        found = providers._get_local_constants()
        assert not any(found.set_for_type(kind) for kind in ("integer", "float", "string"))
    assert providers._get_local_constants is before


def test_constants_that_were_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test of this process has drawn changes nothing of what is drawn in the block."""
    constant = 3_141_592

    def drawn() -> set[int]:
        seen: set[int] = set()
        once = given(number=st.integers(0, 4_000_000))(lambda number: seen.add(number))
        settings(max_examples=500, database=None, derandomize=True)(once)()
        return seen

    with private.no_local_constants():
        before = drawn()
    local = Constants()
    local.add(constant)
    monkeypatch.setattr(providers, "_get_local_constants", lambda: local)
    assert constant in drawn()
    with private.no_local_constants():
        assert drawn() == before
    assert constant not in before


def test_explicit_examples() -> None:
    """``hypothesis_explicit_examples`` holds each ``@example``, with its ``kwargs``."""
    assert sorted(e["number"] for e in private.explicit_examples(decorated)) == [10, 11]
    assert private.explicit_examples(plain) == []


def test_without_explicit_examples() -> None:
    """Without that attribute none of them is run, and then they are there again."""
    seen: list[int] = []
    body = decorated.hypothesis.inner_test  # type: ignore[attr-defined]
    decorated.hypothesis.inner_test = lambda number: seen.append(number)  # type: ignore[attr-defined]
    try:
        with private.without_explicit_examples(decorated):
            decorated()
    finally:
        decorated.hypothesis.inner_test = body  # type: ignore[attr-defined]
    assert seen
    assert max(seen) < 10
    assert len(private.explicit_examples(decorated)) == 2


def test_strategies() -> None:
    """``_given_kwargs`` holds the very strategies that the test was given."""
    strategies = private.strategies_of(decorated)
    assert strategies is not None
    assert strategies["number"] is NUMBERS


def test_settings() -> None:
    """``_hypothesis_internal_use_settings`` holds those of the decorator."""
    assert private.settings_of(decorated).max_examples == 7
    assert private.settings_of(plain).max_examples == settings().max_examples
