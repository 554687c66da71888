"""What is said to separate wrong examples from right ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.checks.observation import Seen
from grader.diagnosis.conditions import only, separating
from grader.layers import AffineCase, looks

SIZES = [(1, 1, 1), (1, 2, 3), (2, 2, 2), (2, 3, 1), (3, 1, 4), (4, 4, 2), (5, 2, 2), (9, 3, 3)]
CASES = [
    AffineCase(*sizes, integers=integers, seed=seed)
    for sizes in SIZES
    for integers in (True, False)
    for seed in (1, 2, 3)
]


def told(is_wrong: Callable[[AffineCase], bool]) -> str | None:
    """What separates the cases that are wrong from the others."""
    parts: tuple[list[Seen], list[Seen]] = ([], [])
    for case in CASES:
        parts[is_wrong(case)].append(Seen(None, None, **looks(case)))
    return separating(parts[True], parts[False])


@pytest.mark.parametrize(
    ("is_wrong", "says"),
    [
        (lambda c: c.batch == 1, "for a batch of one row"),
        (lambda c: c.n_inputs == 1, "for one input"),
        (lambda c: c.n_units == 1, "for one unit"),
        (lambda c: c.batch > 1, "for more than one row"),
        (lambda c: c.n_inputs == c.n_units, "where there are as many inputs as units"),
        (lambda c: c.batch > c.n_inputs, "where there are more rows than inputs"),
        (lambda c: c.batch > 4, "for more than 4 rows"),
        (lambda c: c.batch > 5, "for 9 rows"),
        (lambda c: c.batch % 2 == 0, "for an even number of rows"),
        (lambda c: c.integers, "where the input holds nothing but whole numbers"),
        (
            lambda c: c.batch == 1 and c.n_inputs == 1,
            "for a batch of one row and for one input",
        ),
        (lambda c: c.n_inputs * c.n_units % 3 == 1, None),
        (lambda c: True, None),
        (lambda c: False, None),
    ],
)
def test_the_simplest_condition_is_told(
    is_wrong: Callable[[AffineCase], bool], says: str | None
) -> None:
    """One that holds of all that is wrong and of nothing else; silence where there is none."""
    assert told(is_wrong) == says


def test_few_examples_separate_by_chance() -> None:
    """Of two examples one or another condition always holds of just the first."""
    seen = [Seen(None, None, **looks(case)) for case in CASES[:2]]
    assert separating(seen[:1], seen[1:]) is None


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("It is zero.", "It is zero, but only for one unit."),
        ("It is the mean; the sum is asked for.", "It is the mean, but only for one unit; the sum"),
        ("It is wrong in the last row only.", "It is wrong in the last row only, and only for one"),
    ],
)
def test_a_claim_is_qualified_where_it_is_made(title: str, says: str) -> None:
    """Before what is asked for instead, and once more where it is qualified already."""
    assert only(title, "for one unit").startswith(says)
    assert only(title, None) == title
