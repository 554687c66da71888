"""Kept examples: drawn once, always the same, smallest first."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.checks import example_replay
from grader.checks.example_replay import Example, draw_examples, shrink
from grader.layers import affine_cases


@pytest.fixture(autouse=True)
def profile() -> Iterator[None]:
    """Checks are collected under the judge's own settings."""
    with example_replay.profile():
        yield


def check_of(strategy: Any, count: int = 20) -> Any:
    """A check on values of ``strategy`` whose body must not run while examples are drawn."""

    @settings(max_examples=count)
    @given(x=strategy)
    def check(x: Any) -> None:
        raise AssertionError("the body ran")

    return check


def drawn(check: Any, seed: int = 0) -> list[Any]:
    """The values of ``x`` in the examples of a check."""
    examples = draw_examples(check, [], seed)
    assert examples is not None
    return [one["x"] for one in examples]


def test_the_profile_ends_with_its_block() -> None:
    """Settings of the judge are not left to other tests in the same process."""
    inside = settings.get_current_profile_name()
    assert inside == example_replay.PROFILE
    with example_replay.profile():
        assert settings.get_current_profile_name() == example_replay.PROFILE
    assert settings.get_current_profile_name() == inside


def test_examples_repeat() -> None:
    """Two calls draw the same examples, from the same function and from one like it."""
    check = check_of(st.integers(0, 10**9))
    first = drawn(check)
    assert drawn(check) == first
    assert drawn(check_of(st.integers(0, 10**9))) == first
    assert len(first) == 20


def test_another_seed_draws_other_examples() -> None:
    """And the first seed draws its own again afterwards."""
    check = check_of(st.integers(0, 10**9))
    first = drawn(check, seed=1)
    assert drawn(check, seed=2) != first
    assert drawn(check, seed=1) == first


def test_examples_do_not_depend_on_other_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Literals in a module that happens to be loaded do not change what is drawn."""
    check = check_of(affine_cases(), count=200)
    before = drawn(check)
    path = tmp_path / "neighbour.py"
    path.write_text(f"NUMBERS = {list(range(101, 256))}\n")
    spec = importlib.util.spec_from_file_location("neighbour", path)
    assert spec is not None
    monkeypatch.setitem(sys.modules, "neighbour", importlib.util.module_from_spec(spec))
    assert drawn(check) == before


def test_examples_come_smallest_first() -> None:
    """Texts by their length, arrays by their elements, other values by their own size."""
    assert [len(repr(x)) for x in drawn(check_of(st.text()))] == sorted(
        len(repr(x)) for x in drawn(check_of(st.text()))
    )
    arrays = st.integers(0, 9).map(np.zeros)
    sizes = [x.size for x in drawn(check_of(arrays))]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 3


def test_explicit_examples_are_among_them() -> None:
    """What is given by @example is tried as well, sorted in among the others."""

    @example(x=123_456)
    @example(x=-7)
    @settings(max_examples=10)
    @given(x=st.integers(0, 99))
    def check(x: int) -> None:
        raise AssertionError

    values = drawn(check)
    assert {123_456, -7} <= set(values)
    assert values.index(-7) < values.index(123_456)
    assert len(values) == 12


def test_fixtures_are_left_out() -> None:
    """Arguments that pytest supplies are not part of an example."""

    @settings(max_examples=5)
    @given(x=st.integers(), y=st.booleans())
    def check(student: Any, x: int, y: bool) -> None:
        raise AssertionError

    examples = draw_examples(check, ["student"], seed=0)
    assert examples is not None
    assert [sorted(one) for one in examples] == [["x", "y"]] * len(examples)
    assert len(examples) == 5


def test_interactive_draws_cannot_be_kept() -> None:
    """A test that draws while it runs has no examples beforehand."""
    assert draw_examples(check_of(st.data()), [], seed=0) is None


def test_the_check_itself_is_left_as_it_was() -> None:
    """Afterwards the decorated function runs its body again."""
    check = check_of(st.integers())
    drawn(check)
    with pytest.raises(AssertionError, match="the body ran"):
        check()


# -- shrinking -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A value that knows smaller ones."""

    value: int

    def smaller(self) -> Iterator[Number]:
        """Half of it, and one less."""
        if self.value:
            yield Number(self.value // 2)
            yield Number(self.value - 1)


def fails_above(limit: int, tried: list[Example]) -> Any:
    """A check that fails for large numbers, and otherwise for very small ones."""

    def run(one: Example) -> BaseException | None:
        tried.append(one)
        if one["n"].value > limit:
            return ValueError("too large")
        return KeyError("too small") if one["n"].value < 2 else None

    return run


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_shrinking_ends_at_a_failing_example(value: int, limit: int) -> None:
    """The result fails in the same way, and is found in a limited number of tries."""
    tried: list[Example] = []
    value += limit + 1
    found = shrink({"n": Number(value), "other": 5}, fails_above(limit, tried), ValueError)
    assert limit < found["n"].value <= value
    assert found["other"] == 5
    assert len(tried) <= example_replay.MAX_TRIES + 1


def test_shrinking_finds_the_smallest() -> None:
    """Where the steps lead there, the result is the smallest failing example."""
    found = shrink({"n": Number(1000)}, fails_above(9, []), ValueError)
    assert found == {"n": Number(10)}


def test_another_failure_is_not_the_same() -> None:
    """A smaller example that fails with another exception is not taken."""
    found = shrink({"n": Number(3)}, fails_above(2, []), ValueError)
    assert found == {"n": Number(3)}


def test_what_cannot_be_reduced_stays() -> None:
    """Values without `smaller` are kept, and nothing is tried."""
    tried: list[Example] = []
    assert shrink({"x": 5}, fails_above(0, tried), ValueError) == {"x": 5}
    assert tried == []
