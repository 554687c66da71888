"""Affine cases: values that repeat, that are exact, and that cannot be mistaken for each other."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.example_replay import draw_examples
from grader.layers import CORNERS, AffineCase, affine_cases, each_case, some_cases

CASES = affine_cases()
INTEGER_CASES = CASES.map(lambda case: replace(case, integers=True))

Array = np.ndarray[Any, Any]


def arrays(case: AffineCase) -> list[Array]:
    """Everything that a case gives."""
    return [case.X, case.W, case.b, case.G]


def fractions(array: Array) -> list[list[Fraction]]:
    """A matrix of floats as exact fractions."""
    return [[Fraction(float(x)) for x in row] for row in array]


def exact_product(left: Array, right: Array) -> list[list[Fraction]]:
    """The product of two matrices without any rounding."""
    rows, columns = fractions(left), list(zip(*fractions(right), strict=True))
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Fraction()) for column in columns]
        for row in rows
    ]


@given(CASES)
def test_cases_are_repeatable(case: AffineCase) -> None:
    """The same shapes and seed give the same values, in another object as well."""
    again = replace(case)
    assert again is not case
    for one, other in zip(arrays(case), arrays(again), strict=True):
        assert np.array_equal(one, other)


@given(CASES)
def test_shapes_and_dtypes(case: AffineCase) -> None:
    """Input, weights, biases and upstream gradient fit together, all float64 and read-only."""
    assert case.X.shape == (case.batch, case.n_inputs)
    assert case.W.shape == (case.n_inputs, case.n_units)
    assert case.b.shape == (1, case.n_units)
    assert case.G.shape == (case.batch, case.n_units)
    for array in arrays(case):
        assert array.dtype == np.float64
        assert not array.flags.writeable


def test_values_cannot_be_changed() -> None:
    """A check that writes into a shared case is told so."""
    with pytest.raises(ValueError, match="read-only"):
        AffineCase(2, 2, 2).X[0, 0] = 1.0


@given(CASES, st.integers(1, 99))
def test_seeds_and_kinds_give_other_values(case: AffineCase, step: int) -> None:
    """Another seed, or floats instead of integers, is another case."""
    large = replace(case, batch=6, n_inputs=5)
    other = replace(large, seed=large.seed + step)
    assert not np.array_equal(large.X, other.X)
    assert not np.array_equal(large.X, replace(large, integers=not large.integers).X)


@given(INTEGER_CASES)
def test_integer_cases_are_exact(case: AffineCase) -> None:
    """Output and all gradients are free of rounding, whatever the order of summation."""
    output = [
        [y + c for y, c in zip(row, fractions(case.b)[0], strict=True)]
        for row in exact_product(case.X, case.W)
    ]
    assert fractions(case.X @ case.W + case.b) == output
    assert fractions(case.X.T @ case.G) == exact_product(case.X.T, case.G)
    assert fractions(case.G @ case.W.T) == exact_product(case.G, case.W.T)
    ones = np.ones((1, case.batch))
    assert fractions(case.G.sum(axis=0, keepdims=True)) == exact_product(ones, case.G)


@given(INTEGER_CASES)
def test_parameters_and_gradients_lie_on_lattices_apart(case: AffineCase) -> None:
    """No weight is a bias, no gradient of either is a parameter, and nothing is zero."""
    gradients = [case.X.T @ case.G, case.G.sum(axis=0), case.X, case.G]
    for whole in gradients:
        assert np.array_equal(whole, np.round(whole))
    assert np.array_equal(case.W % 1.0, np.full(case.W.shape, 0.5))
    assert np.isin(case.b % 1.0, [0.25, 0.75]).all()
    for array in arrays(case):
        assert array.all()
        assert np.abs(array).max() < 5


@given(CASES, st.sampled_from(["batch", "n_inputs", "n_units"]))
def test_size_grows_with_each_dimension(case: AffineCase, name: str) -> None:
    """A larger shape is a larger case; floats are a little larger than integers."""
    larger = replace(case, **{name: getattr(case, name) + 1})
    assert larger.size > case.size
    whole, floats = replace(case, integers=True), replace(case, integers=False)
    assert whole.size < floats.size < replace(whole, **{name: getattr(case, name) + 1}).size


@given(CASES)
def test_smaller_cases_lead_to_the_smallest(case: AffineCase) -> None:
    """Each step of reducing is simpler, changes one thing, and ends at one by one by one."""
    for less in case.smaller():
        assert less.size <= case.size
        assert less != case
        changed = [name for name in vars_of(case) if vars_of(case)[name] != vars_of(less)[name]]
        assert len(changed) == 1
    while steps := list(case.smaller()):
        case = steps[0]
    assert case == AffineCase(1, 1, 1)


def vars_of(case: AffineCase) -> dict[str, Any]:
    """The fields of a case by name."""
    names = ("batch", "n_inputs", "n_units", "integers", "seed")
    return {name: getattr(case, name) for name in names}


def test_corners_begin_with_the_smallest() -> None:
    """No corner is listed twice, and the first is the smallest case that there is."""
    assert len(set(CORNERS)) == len(CORNERS)
    assert CORNERS[0] == AffineCase(1, 1, 1) == min(CORNERS, key=lambda case: case.size)
    assert any(not case.integers for case in CORNERS)


def test_each_case_runs_corners_and_examples() -> None:
    """A check is tried on every corner and on cases beyond them."""

    @each_case(examples=10)
    def check(case: AffineCase) -> None:
        raise AssertionError

    drawn = draw_examples(check, [], seed=0)
    assert drawn is not None
    cases = [example["case"] for example in drawn]
    assert set(CORNERS) <= set(cases)
    assert len(set(cases) - set(CORNERS)) >= 5
    assert [case.size for case in cases] == sorted(case.size for case in cases)


def test_some_cases_are_all_that_is_tried() -> None:
    """A check that does not depend on shapes runs on the named cases, smallest first."""
    cases = [AffineCase(2, 3, 2), AffineCase(1, 1, 1)]

    @some_cases(cases)
    def check(case: AffineCase) -> None:
        raise AssertionError

    drawn = draw_examples(check, [], seed=0)
    assert drawn is not None
    assert [example["case"] for example in drawn] == [cases[1], cases[0]]


def test_a_case_reads_well() -> None:
    """Its text tells the shapes, in the order in which they are used."""
    numbers = re.findall(r"\d+", str(AffineCase(2, 3, 4)))
    assert numbers[:3] == ["2", "3", "4"]
