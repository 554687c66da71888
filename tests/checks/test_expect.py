"""Evidence: what is accepted, what is refused, and what is said and kept about it."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from grader.checks.closeness import ATOL, RTOL, is_close
from grader.checks.expect import CheckFailed, expect, expect_array, expect_close, fail
from grader.checks.plain_data import MAX_VALUES, describe, number
from grader.checks.side_effects import expect_unchanged
from grader.sandbox.codec import Opaque

NAN, INF = math.nan, math.inf
CODES = "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()

Array = np.ndarray[Any, Any]


def array_of(code: str, shape: tuple[int, ...], seed: int) -> Array:
    """Return an array of arbitrary bytes: NaN, infinities, extremes."""
    dtype = np.dtype(code)
    count = int(np.prod(shape, dtype=int))
    data = np.random.default_rng(seed).bytes(count * dtype.itemsize)
    if dtype.kind == "b":
        data = bytes(byte & 1 for byte in data)
    return np.frombuffer(data, dtype).reshape(shape)


SHAPES = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
ARRAYS = st.builds(array_of, st.sampled_from(CODES), SHAPES, st.integers(0, 999))
TEXTS = st.text(max_size=5)
VALUES = st.recursive(
    st.one_of(
        ARRAYS,
        st.none(),
        st.booleans(),
        st.integers(-(2**255), 2**255),
        st.floats(),
        st.complex_numbers(),
        TEXTS,
        st.builds(Opaque, TEXTS, TEXTS),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


def failure(yours: Any, expected: Any, **options: Any) -> CheckFailed:
    """Compare values that differ; return what is said about them."""
    with pytest.raises(CheckFailed) as caught:
        expect_close(yours, expected, what="layer.W", **options)
    failed = caught.value
    assert str(failed) == failed.message
    assert failed.yours is yours
    assert failed.evidence["what"] == "layer.W"
    json.dumps(failed.evidence, allow_nan=False)
    return failed


# -- shapes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "yours",
    [(3, 1), (3, 3), (3,), (1,), (), (1, 1), (1, 1, 3), (0,)],
    ids=str,
)
def test_shapes_come_before_values(yours: tuple[int, ...]) -> None:
    """Arrays that would be equal after broadcasting are not: a column bias is no row."""
    failed = failure(np.ones(yours), np.ones((1, 3)))
    assert failed.evidence["kind"] == "shape"
    assert failed.evidence["yours"]["shape"] == list(yours)
    assert failed.evidence["expected"]["shape"] == [1, 3]
    assert str(yours) in failed.message
    assert "(1, 3)" in failed.message


def test_other_shapes_can_be_accepted() -> None:
    """A flat bias counts as a row where the check says so, and its values are compared."""
    row = np.array([[1.0, 2.0, 3.0]])
    expect_close(row.reshape(3), row, what="b", or_shapes=[(3,)])
    failed = failure(np.array([1.0, 2.0, 4.0]), row, or_shapes=[(3,)])
    assert failed.evidence["kind"] == "value"
    assert failed.evidence["first"]["index"] == [0, 2]
    assert failure(np.ones((3, 1)), row, or_shapes=[(3,)]).evidence["kind"] == "shape"


def test_empty_arrays_are_equal() -> None:
    """Nothing differs between arrays without elements, if their shapes agree."""
    expect_close(np.zeros((2, 0)), np.ones((2, 0)), what="x")
    assert failure(np.zeros((0, 2)), np.zeros((2, 0))).evidence["kind"] == "shape"


# -- values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yours", "expected", "equal"),
    [
        ([1.0, 2.0], [1.0, 2.0], True),
        ([1.0, 2.0], [1.0, 2.0 + 1e-10], True),
        ([1.0, 2.0], [1.0, 2.0 + 1e-7], False),
        ([1e6, 1e-4], [1e6, 0.0], True),
        ([1.0, 1e-4], [1.0, 0.0], False),
        ([0.0], [-0.0], True),
        ([NAN], [NAN], True),
        ([NAN], [1.0], False),
        ([1.0], [NAN], False),
        ([INF], [INF], True),
        ([-INF], [INF], False),
        ([INF], [1e300], False),
        ([1e300], [INF], False),
        ([INF], [NAN], False),
        ([INF, 1.0], [INF, 1.1], False),
        ([1.0, 5.0], [NAN, 5.0], False),
    ],
)
def test_which_values_are_equal(yours: list[float], expected: list[float], equal: bool) -> None:
    """Within tolerance of the largest value; NaN equals NaN only, infinity the same infinity."""
    assert is_close(np.array(yours), np.array(expected)) is equal
    if equal:
        expect_close(np.array(yours), np.array(expected), what="x")
    else:
        failure(np.array(yours), np.array(expected))


@pytest.mark.parametrize(
    ("yours", "expected", "equal"),
    [
        (np.array([1, 2]), np.array([1.0, 2.0]), True),
        (np.array([1, 2]), np.array([1.0, 2.5]), False),
        (np.array([True, False]), np.array([1.0, 0.0]), True),
        (np.array([True, False]), np.array([1.0, 1.0]), False),
        (np.array([True, False]), np.array([True, False]), True),
        (np.array([True, False]), np.array([True, True]), False),
        (np.array([1, 255], np.uint8), np.array([1, 0], np.uint8), False),
        (np.array([1, 0], np.uint8), np.array([1, 255], np.uint8), False),
        (np.array([-128], np.int8), np.array([127], np.int8), False),
        (np.array([-(2**63)]), np.array([2**63 - 1]), False),
        (np.array([2**63], np.uint64), np.array([-(2**63)]), False),
        (np.array([1.5], np.float32), np.array([1.5]), True),
        (np.array([0.1], np.float32), np.array([0.1]), False),
        (np.array([1 + 0j]), np.array([1.0]), True),
        (np.array([1 + 1j]), np.array([1.0]), False),
        (np.array([1 + 1j]), np.array([1 + 1j]), True),
        (np.float64(2.0), np.array(2.0), True),
        (np.float64(2.0), 2.0, True),
        (np.int64(2), 2.5, False),
        (np.array(2.0), np.float64(3.0), False),
    ],
    ids=str,
)
def test_values_of_other_dtypes(yours: Any, expected: Any, equal: bool) -> None:
    """It is values that are compared, without overflow, whatever they are stored as."""
    assert is_close(yours, expected) is equal
    if equal:
        expect_close(yours, expected, what="x")
    else:
        assert failure(yours, expected).evidence["kind"] == "value"


@given(
    st.integers(0, 999),
    array_shapes(max_dims=3, max_side=4),
    st.sets(st.integers(0, 63), min_size=1, max_size=4),
)
def test_the_first_difference_is_found(seed: int, shape: tuple[int, ...], wrong: set[int]) -> None:
    """Index, both values and the number of wrong elements are those of the difference."""
    expected = np.random.default_rng(seed).integers(-9, 9, shape).astype(float)
    places = sorted({place % expected.size for place in wrong})
    yours = expected.copy()
    yours.flat[places] += 1.0
    evidence = failure(yours, expected).evidence
    first = tuple(int(i) for i in np.unravel_index(places[0], shape))
    assert evidence["first"] == {
        "index": list(first),
        "expected": expected[first],
        "yours": expected[first] + 1.0,
    }
    assert (evidence["wrong"], evidence["of"]) == (len(places), expected.size)
    assert evidence["largest_error"] == 1.0
    assert evidence["tolerance"] == {"rtol": RTOL, "atol": ATOL}


@given(st.integers(0, 999), array_shapes(min_dims=2, max_dims=2, max_side=12))
def test_other_orders_of_summation_are_equal(seed: int, shape: tuple[int, int]) -> None:
    """What a correct layer may differ by, because it adds in another order, is accepted."""
    generator = np.random.default_rng(seed)
    X, W = generator.standard_normal(shape), generator.standard_normal((shape[1], 3))
    order = generator.permutation(shape[1])
    expect_close(X[:, order] @ W[order], X @ W, what="x")


def test_tolerances_can_be_given() -> None:
    """A check may ask for more or for less."""
    one, other = np.array([1.0]), np.array([1.001])
    expect_close(one, other, what="x", rtol=0.01)
    expect_close(one, other, what="x", atol=0.01)
    assert failure(one, one + 1e-11, rtol=0).evidence["tolerance"]["rtol"] == 0


# -- messages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yours", "shown"),
    [
        (None, "None"),
        ([1.0, 2.0], "[1.0, 2.0] (a list)"),
        ((1.0,), "(1.0,) (a tuple)"),
        (5, "5 (an int)"),
        (2.5, "2.5 (a float)"),
        ("text", "'text' (a str)"),
        (Opaque("decimal.Decimal"), "a value of type decimal.Decimal"),
        (Opaque("numpy.ndarray", "an array of dtype object"), "(an array of dtype object)"),
        (list(range(1000)), "... (a list)"),
    ],
    ids=lambda part: str(part)[:20],
)
def test_what_is_no_array_is_named(yours: Any, shown: str) -> None:
    """The message says what came, and what shape of array was expected."""
    failed = failure(yours, np.ones((2, 3)))
    assert failed.evidence["kind"] == "type"
    assert failed.message.startswith("layer.W is ")
    assert shown in failed.message
    assert "(2, 3)" in failed.message
    assert len(failed.message) < 150
    assert not is_close(yours, np.ones((2, 3)))


def test_the_message_shows_the_first_difference() -> None:
    """A learner reads where, what it is and what it should be."""
    failed = failure(np.array([[1.0, 2.0], [3.0, 5.5]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert failed.message == (
        "layer.W differs from the expected value: at [1, 1] it is 5.5, expected 4."
    )


def test_the_checks_own_message_comes_first() -> None:
    """What the check has to say is kept, with the general finding behind it."""
    failed = failure(np.ones(2), np.zeros(2), message="The bias starts at zero.")
    assert failed.message.startswith("The bias starts at zero. (layer.W differs")


@pytest.mark.parametrize("yours", [np.ones(2), np.ones(3), None], ids=["value", "shape", "type"])
def test_messages_are_sentences(yours: Any) -> None:
    """What is named in words begins the sentence with a capital; source stays as it is."""
    for what, begins in (("the output", "The output "), ("layer.b", "layer.b ")):
        with pytest.raises(CheckFailed) as caught:
            expect_close(yours, np.zeros(2), what=what)
        assert caught.value.message.startswith(begins)


def test_failing_by_hand() -> None:
    """`fail` and `expect` raise with the message and what is shown beside it."""
    with pytest.raises(CheckFailed, match="no") as caught:
        fail("no", what="layer.n", yours=[1], expected=np.ones(2))
    assert caught.value.evidence["kind"] == "property"
    assert caught.value.evidence["yours"]["text"] == "[1]"
    assert caught.value.evidence["expected"]["values"] == [1.0, 1.0]
    expect(1, "never")
    with pytest.raises(CheckFailed, match="now"):
        expect([], "now")


def test_arrays_are_given_back() -> None:
    """`expect_array` returns what it has looked at, scalars as arrays."""
    array = np.ones((2, 3))
    assert expect_array(array, "x", (2, 3)) is array
    assert expect_array(np.float32(1), "x", ()).shape == ()
    assert expect_array(array, "x", (6,), or_shapes=[(2, 3)]) is array


# -- evidence as data ----------------------------------------------------------------------


@settings(deadline=None)
@given(VALUES, ARRAYS)
def test_comparing_anything_gives_plain_evidence(yours: Any, expected: Array) -> None:
    """No value of the student's makes the comparison fail otherwise than by CheckFailed."""
    try:
        expect_close(yours, expected, what="x")
    except CheckFailed as failed:
        json.dumps(failed.evidence, allow_nan=False)
        assert not is_close(yours, expected)
    else:
        assert np.shape(yours) == expected.shape


@settings(deadline=None)
@given(SHAPES, st.sampled_from(CODES), st.sampled_from(CODES), st.integers(0, 999))
def test_comparing_arrays_of_any_dtypes(
    shape: tuple[int, ...], yours: str, expected: str, seed: int
) -> None:
    """Two arrays of one shape and any values: a verdict, and evidence that JSON can hold."""
    one, other = array_of(yours, shape, seed), array_of(expected, shape, seed + 1)
    expect_close(one, one.copy(), what="x")
    if is_close(one, other):
        expect_close(one, other, what="x")
    else:
        assert failure(one, other).evidence["wrong"] >= 1


@settings(deadline=None)
@given(VALUES)
def test_any_value_can_be_described(value: Any) -> None:
    """Descriptions are plain data: no NaN, no objects."""
    described = json.loads(json.dumps(describe(value), allow_nan=False))
    assert isinstance(described, dict)


@pytest.mark.parametrize("shape", [(401,), (21, 20), (8, 8, 8), (20, 20, 20), (2,) * 12])
def test_large_arrays_are_described_by_a_corner(shape: tuple[int, ...]) -> None:
    """However many dimensions an array has, evidence holds no more than it may."""
    array = np.arange(math.prod(shape), dtype=float).reshape(shape)
    described = describe(array)
    values = np.array(described["values"])
    assert described["shape"] == list(shape)
    assert described["corner"] is True
    assert 0 < values.size <= MAX_VALUES
    assert np.array_equal(values, array[tuple(slice(0, size) for size in values.shape)])


def test_small_arrays_are_described_in_full() -> None:
    """Shape, dtype and every value."""
    described = describe(np.array([[1.0, NAN], [-INF, 4.0]], np.float32))
    assert described == {
        "shape": [2, 2],
        "dtype": "float32",
        "values": [[1.0, "nan"], ["-inf", 4.0]],
    }


def test_long_texts_are_cut() -> None:
    """A list of a thousand numbers is not written out."""
    assert len(describe(list(range(1000)))["text"]) <= 400


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float64(1.5), 1.5),
        (np.float16(0.5), 0.5),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (NAN, "nan"),
        (np.float32(INF), "inf"),
        (-INF, "-inf"),
        (1 + 2j, "(1+2j)"),
        (np.complex64(1j), "1j"),
        (True, True),
        (2**80, 2**80),
    ],
)
def test_numbers_are_plain(value: Any, shown: Any) -> None:
    """NumPy's numbers become Python's, and what JSON lacks becomes text."""
    found = number(value)
    assert found == shown
    assert type(found) is type(shown)


def test_arrays_inside_of_values_are_named_and_not_printed() -> None:
    """NumPy would take minutes to print an array of many dimensions; its shape says enough."""
    described = describe([np.zeros((2,) * 26, np.int8), ("a", np.ones(3))])
    assert described["text"] == f"[an array of shape {(2,) * 26}, ('a', an array of shape (3,))]"


def test_another_shape_of_another_size_is_not_accepted() -> None:
    """Where other shapes are allowed, one of another size is a wrong shape and no accident."""
    with pytest.raises(CheckFailed, match="shape"):
        expect_close(np.zeros((1, 1)), np.zeros((2, 1)), what="W", or_shapes=[(1, 1)])


@pytest.mark.parametrize("whose", ["the caller's array", "the layer's"])
def test_whose_array_was_changed_is_said(whose: str) -> None:
    """Arguments are the caller's arrays; attributes are the layer's."""
    before = np.array([1.0, 2.0])
    done, same, other = (SimpleNamespace(value=v) for v in (None, before, before + 1e-12))
    right: Any = [("w", "backward", done, before, same)]
    wrong: Any = [("w", "backward", done, before, other)]
    expect_unchanged(right, whose=whose)
    with pytest.raises(CheckFailed, match=f"backward changed {whose} w."):
        expect_unchanged(wrong, whose=whose)


@pytest.mark.parametrize(
    ("yours", "wanted", "says"),
    [
        (np.float64(2.5), 3.75, ("2.5", "3.75")),
        (np.float64(0.123456789), 0.1234567885, ("0.123456789", "0.1234567885")),
        (np.float64(1 + 2**-52), 1.0, ("1.0000000000000002", "1")),
        (np.float32(0.1), 0.1 + 4e-10, ("0.1 (float32)", "0.1000000004")),
        (np.float32(7.0), 0.5, ("7", "0.5")),
    ],
)
def test_numbers_that_differ_look_different(
    yours: Any, wanted: float, says: tuple[str, str]
) -> None:
    """In as many digits as it takes; a shorter type is named where it is the reason."""
    with pytest.raises(CheckFailed, match="differs from the expected value") as failed:
        expect_close(np.array([yours]), np.array([wanted]), what="it", rtol=0.0, atol=0.0)
    assert failed.value.message.endswith(f"it is {says[0]}, expected {says[1]}.")
