"""Values of any kind, compared with right ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.scenarios.compare import expect_same, taken_apart

ARRAY = np.array([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("yours", "right"),
    [
        (0.5, np.float64(0.5)),
        (np.array(0.5), 0.5),
        (1, 1.0),
        ([ARRAY, 2], (ARRAY, 2.0)),
        ({"a": ARRAY}, {"a": ARRAY}),
        (np.True_, True),
        (None, None),
        ("text", "text"),
        (ARRAY + 1e-12, ARRAY),
    ],
)
def test_what_is_the_same(yours: Any, right: Any) -> None:
    """Numbers of Python and of NumPy, lists and tuples."""
    expect_same(yours, right, "f(X)")


@pytest.mark.parametrize(
    ("yours", "right", "told"),
    [
        (0.5, 0.25, r"f\(X\) differs from the expected value: it is 0.5, expected 0.25"),
        (ARRAY.T, ARRAY, r"f\(X\) has shape \(2, 1\); the expected shape is \(1, 2\)"),
        (None, ARRAY, "is None; expected an array"),
        (True, 1.0, "True"),
        ((ARRAY,), (ARRAY, ARRAY), "a tuple of 1 values; expected a tuple of 2 values"),
        ((ARRAY, ARRAY + 1), (ARRAY, ARRAY), r"f\(X\)\[1\] differs"),
        ({"a": 1}, {"b": 1}, "a dictionary with the keys 'a'; expected a dictionary"),
        ({"a": 1.0}, {"a": 2.0}, r"f\(X\)\['a'\] differs"),
        (1, True, "is 1; expected True"),
        ("a", "b", "is 'a'; expected 'b'"),
    ],
)
def test_what_is_not(yours: Any, right: Any, told: str) -> None:
    """Told in words, with the place in what was returned."""
    with pytest.raises(CheckFailed, match=told):
        expect_same(yours, right, "f(X)")


def test_a_number_is_found_again_in_the_trace() -> None:
    """By identity: the script that shows a failure needs the very value."""
    yours = 0.125
    with pytest.raises(CheckFailed) as caught:
        expect_same(yours, 0.5, "f(X)")
    assert caught.value.yours is yours


def test_a_tuple_is_taken_apart_or_told() -> None:
    """A call that should give two values, and gives one."""
    assert taken_apart((1, 2), 1, 2, "f(X)[1]") == 2
    with pytest.raises(CheckFailed, match=r"f\(X\) returns None; expected a tuple of 2 values"):
        taken_apart(None, 1, 2, "f(X)[1]")
