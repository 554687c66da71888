"""What is said of a wrong value that no known mistake explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.observation import Seen
from grader.diagnosis.numeric.describe import describe, whole_expression
from grader.layers import AffineCase, looks

CASES = [
    AffineCase(1, 1, 1),
    AffineCase(1, 2, 2),
    AffineCase(2, 2, 3),
    AffineCase(3, 3, 2),
    AffineCase(4, 2, 2, integers=False),
    AffineCase(5, 4, 3, integers=False),
]
Value = Callable[[AffineCase], Any]


def right(case: AffineCase) -> Any:
    """The output of an affine layer."""
    return case.X @ case.W + case.b


def seen(yours: Value, wanted: Value = right, cases: Sequence[AffineCase] = CASES) -> list[Seen]:
    """What was seen of code that gives ``yours``."""
    return [Seen(yours(case), wanted(case), **looks(case)) for case in cases]


def told(yours: Value, wanted: Value = right, again: Seen | None = None) -> tuple[str, str] | None:
    """The kind of difference, and what is said of it."""
    found = seen(yours, wanted)
    wrong = next(each for each in found if not each.is_right)
    described = describe("It", found, lambda: wrong if again is None else again)
    return None if described is None else described[:2]


def but(place: Any, change: Callable[[Any], Any] = lambda a: a + 1) -> Value:
    """The right output, changed at a place."""

    def yours(case: AffineCase) -> Any:
        output = right(case).copy()
        output[place] = change(output[place])
        return output

    return yours


@pytest.mark.parametrize(
    ("yours", "kind", "says"),
    [
        (lambda c: 3 * right(c), "factor", "It is 3 times the right one, for every shape."),
        (lambda c: -right(c), "sign", "It has the wrong sign."),
        (lambda c: right(c) + 0.25, "offset", "It is too large by 0.25 everywhere."),
        (
            lambda c: right(c) / c.batch,
            "scaled",
            "It is the right one, divided by (number of rows).",
        ),
        (
            lambda c: -2 * right(c) * c.n_inputs / np.sqrt(c.n_units),
            "scaled",
            "It is the right one, multiplied by 2 (number of inputs) and divided by"
            " √(number of units) and has the wrong sign.",
        ),
        (lambda c: np.zeros_like(right(c)), "zero", "It is always zero."),
        (
            lambda c: np.full_like(right(c), c.X.sum()),
            "uniform",
            "It is one and the same number in all places.",
        ),
        (
            lambda c: right(c) / np.linalg.norm(right(c)),
            "length",
            "It is the right one times a factor, which differs between examples:"
            " it has the length 1 each time.",
        ),
        (lambda c: right(c).T, "transposed", "It is transposed."),
        (
            lambda c: right(c).ravel(),
            "shape",
            "It has the right numbers in another shape: (1,) instead of (1, 1).",
        ),
        (
            lambda c: np.pad(right(c), ((0, 0), (0, 1)), constant_values=1),
            "shape",
            "It has the shape (batch, n_units + 1); (batch, n_units) is asked for.",
        ),
        (
            lambda c: c.X.T @ right(c),
            "shape",
            "It has the shape (n_inputs, n_units); (batch, n_units) is asked for.",
        ),
        (
            lambda c: right(c).astype(np.float32),
            "float32",
            "It is right to seven digits only: single precision (float32).",
        ),
        (
            lambda c: right(c) + 1e-7 * np.sin(right(c)),
            "inexact",
            "It is nearly right, but not to full precision.",
        ),
        (
            lambda c: right(c).astype(int),
            "dtype",
            "It holds whole numbers: the fractions are cut off.",
        ),
        (lambda c: right(c) > 0, "dtype", "It holds True and False; real numbers are asked for."),
        (lambda c: np.abs(right(c)), "abs", "It is the absolute value of the right one."),
        (lambda c: np.clip(right(c), -2, None), "cut", "It is right, but cut off at -2."),
        (
            lambda c: right(c) - 0.5 * c.b,
            "part",
            "It is the right one, minus 0.5 times the biases.",
        ),
        (
            lambda c: right(c) * c.b,
            "part",
            "It is the right one, multiplied, number by number, by the biases.",
        ),
        (but(np.s_[-1:]), "not-last-row", "It is wrong in the last row only."),
        (but(np.s_[:, :1]), "not-first-column", "It is wrong in the first column only."),
        (
            but(np.s_[1:]),
            "first-row",
            "It is right in the first row only.",
        ),
        (
            lambda c: right(c) if c.batch == 1 else right(c) ** 2 + 0.1,
            "small",
            "It is right for a batch of one row, and wrong wherever there are more.",
        ),
        (
            lambda c: right(c)[::-1],
            "places",
            "It has the right numbers, in other places.",
        ),
        (lambda c: [1.0, 2.0], "kind", "It is a list of 2 values; an array is asked for."),
        (lambda c: (right(c),) * c.batch, "kind", "It is a tuple; an array is asked for."),
        (lambda c: None, "none", "It is None."),
        (
            lambda c: None if c.batch > 2 else right(c) + 1,
            "none",
            "It is None in some of the examples.",
        ),
        (
            lambda c: c.X * c.X @ c.W,
            None,
            None,
        ),
    ],
)
def test_what_is_said_is_true(yours: Value, kind: str | None, says: str | None) -> None:
    """Each kind of difference, in words; and silence where nothing can be said."""
    assert told(yours) == (None if kind is None else (kind, says))


def test_rows_count_only_where_there_are_some() -> None:
    """A layer that is right in the first row is right for a single one."""
    found = [each for each in seen(but(np.s_[1:])) if each.given.batch > 1]
    assert describe("It", found, lambda: found[0])[1] == "It is right in the first row only."  # type: ignore[index]


@pytest.mark.parametrize(
    ("yours", "says"),
    [
        (
            lambda c: (c.W @ c.G.T).reshape(c.X.shape),
            "It is W·Gᵀ, reshaped to the shape of X (X: the input, W: the weights,"
            " G: the incoming gradient).",
        ),
        (lambda c: c.X * c.X, "It is X times X element by element (X: the input)."),
        (
            lambda c: (c.G * c.b).sum(axis=1, keepdims=True),
            "It is G·bᵀ (b: the biases, G: the incoming gradient).",
        ),
        (lambda c: np.sin(c.X) @ c.W @ c.W.T, None),
    ],
)
def test_a_formula_is_found_by_trying(yours: Value, says: str | None) -> None:
    """What comes of other products and sums of the same arrays is told as a formula."""
    described = told(yours, lambda case: case.G @ case.W.T)
    assert (described[1] if described else None) == says


def test_what_is_random_is_found_by_looking_again() -> None:
    """With other random numbers it is another one, and nothing else is worth a word."""
    generator = np.random.default_rng(0)
    other = Seen(np.array([[17.0]]), right(CASES[0]), **looks(CASES[0]))
    described = told(lambda c: generator.random(right(c).shape), again=other)
    assert described is not None
    assert described[0] == "noise"


def test_an_exception_says_more_than_a_description() -> None:
    """Where something raised, nothing is said of the rest."""
    from grader.remote.steps import StudentError

    error = StudentError("ValueError", "no", [(1, "f")])
    assert told(lambda c: error if c.batch > 2 else right(c) + 1) is None


# -- counts and shapes that are numbers ----------------------------------------------------

SIZES = {"n_inputs": [1, 2, 5, 3, 7], "n_units": [1, 3, 4, 3, 1]}


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_whole_expressions_give_what_they_were_made_of(a: int, b: int, c: int, d: int) -> None:
    """An expression in the sizes is found again, or a simpler one with the same values."""
    inputs, units = (np.array(SIZES[name]) for name in SIZES)
    values = a * inputs * units + b * inputs + c * units + d
    text = whole_expression([int(value) for value in values], SIZES)
    assert text is not None
    code = text.replace("·", "*")
    for n_inputs, n_units, value in zip(*SIZES.values(), values, strict=True):
        assert eval(code, {"n_inputs": n_inputs, "n_units": n_units}) == value


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([2, 9, 24, 12, 8], "n_inputs·n_units + n_units"),
        ([0, 3, 16, 6, 6], "n_inputs·n_units - n_units"),
        ([2, 3, 6, 4, 8], "n_inputs + 1"),
        ([2, 2, 2, 2, 2], "2"),
        ([-1, -3, -4, -3, -1], "-n_units"),
        ([1, 4, 25, 9, 49], None),
        ([10**12] * 5, None),
    ],
)
def test_whole_expressions_read_well(values: list[int], text: str | None) -> None:
    """As a person would write them; none where there is none."""
    assert whole_expression(values, SIZES) == text


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (lambda n, m: n + 1, "It is n_inputs + 1; n_inputs·n_units + n_units is asked for."),
        (lambda n, m: (n, m), "It is a tuple of 2 values; a whole number is asked for."),
        (lambda n, m: "9", "It is a text; a whole number is asked for."),
        (lambda n, m: n**3 + m**3, None),
    ],
)
def test_counts(count: Callable[[int, int], Any], says: str | None) -> None:
    """A wrong count is told as an expression beside the right one."""
    pairs = list(zip(*SIZES.values(), strict=True))
    found = [Seen(count(n, m), n * m + m, n_inputs=n, n_units=m) for n, m in pairs]
    described = describe("It", found, lambda: found[0])
    assert (described[1] if described else None) == says


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (lambda n, m: (m + 1,), "It is (n_units + 1,); (n_units,) is asked for."),
        (lambda n, m: (), "It is (); (n_units,) is asked for."),
        (lambda n, m: (1, n), "It is (1, n_inputs); (n_units,) is asked for."),
    ],
)
def test_shapes(shape: Callable[[int, int], tuple[int, ...]], says: str) -> None:
    """So is a wrong shape."""
    pairs = list(zip(*SIZES.values(), strict=True))
    found = [Seen(shape(n, m), (m,), n_inputs=n, n_units=m) for n, m in pairs]
    described = describe("It", found, lambda: found[0])
    assert described is not None
    assert described[1] == says


@given(st.floats(-50, 50).filter(lambda x: abs(x) > 0.01 and abs(x - 1) > 0.01))
def test_any_factor_is_found(factor: float) -> None:
    """The sign is a factor of its own."""
    described = told(lambda c: factor * right(c))
    assert described is not None
    assert described[0] == ("sign" if factor == -1 else "factor")
