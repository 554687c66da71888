"""Calls of an optimizer find the parameter that they are about, in work that grows with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.layers import updates
from grader.layers.updates import Updates, numbers_of, same_numbers
from grader.remote.exposures import ExposureCall

ARRAYS = st.builds(
    lambda values, shape, kind: np.array(values, kind).reshape(shape),
    st.lists(st.sampled_from([0.0, -0.0, 1.0, 2.5, float("inf")]), min_size=6, max_size=6),
    st.sampled_from([(6,), (1, 6), (2, 3), (3, 2)]),
    st.sampled_from(["f8", "f4", "c16", ">f8"]),
)


@given(ARRAYS, ARRAYS)
def test_the_same_numbers_in_any_shape(one: Any, other: Any) -> None:
    """As a comparison of each number with its counterpart says, for every type and layout."""
    assert same_numbers(one, other) == bool((one.ravel() == other.ravel()).all())
    assert same_numbers(one, np.asfortranarray(one))


def test_what_is_no_number_is_like_nothing() -> None:
    """NaN is not equal to itself, and a list is no array."""
    assert not same_numbers(np.array([np.nan]), np.array([np.nan]))
    assert numbers_of([1.0]) is None
    assert same_numbers(np.array([1, 2]), np.array([1.0, 2.0]))


def chains(count: int) -> tuple[list[ExposureCall], np.ndarray[Any, Any]]:
    """Calls of which each is given what the one before it, or two before it, returned."""
    start = np.arange(6.0)
    values = [start, start + 0.5]
    for n in range(count):
        values.append(values[n] + 10.0)
    pairs = zip(values, values[2:], strict=False)
    return [ExposureCall(1, "update", [w, np.ones(6)], result) for w, result in pairs], start


def test_twice_the_calls_are_twice_the_work(monkeypatch: Any) -> None:
    """Counted are the arrays that are looked at."""
    looked: list[Any] = []

    def look(value: Any) -> Any:
        looked.append(value)
        return numbers_of(value)

    monkeypatch.setattr(updates, "numbers_of", look)
    counts = []
    for size in (200, 400, 800):
        looked.clear()
        calls, start = chains(size)
        assert len(Updates(calls, [start]).of(start)) == size // 2
        counts.append(len(looked))
    assert counts[2] - counts[1] == 2 * (counts[1] - counts[0])
