"""What distorted layers do: what their sentences say, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.authoring.distortion.layers import ENTRY, SOURCE, distorted, made, run

X = np.array([[1.0, -2.0], [3.0, 0.5], [2.0, 1.0]])
G = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0], [1.0, 1.0, 1.0]])
RIGHT = X @ made(run(SOURCE)[ENTRY]).W


def forward(name: str, X: Any = X, **more: Any) -> Any:
    """The output of a fresh distorted layer."""
    return made(distorted(name)).forward(X, **more)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("sign", -RIGHT),
        ("zero", 0 * RIGHT),
        ("twice", 2 * RIGHT),
        ("transposed", RIGHT.T),
        ("times X.0", 3 * RIGHT),
        ("over X.1", RIGHT / 2),
        ("last row", RIGHT * [[1], [1], [0]]),
        ("last column", RIGHT * [1, 1, 0]),
        ("clip 1", np.clip(RIGHT, -1, 1)),
        ("round", np.round(RIGHT, 4)),
    ],
)
def test_values_are_changed(change: str, wrong: Any) -> None:
    """Each change is what it is called."""
    np.testing.assert_array_equal(forward(f"forward result: always: {change}"), wrong)


@pytest.mark.parametrize(
    ("condition", "given", "holds"),
    [
        ("X.0 = 1", X[:1], True),
        ("X.0 = 1", X, False),
        ("X square", X[:2], True),
        ("X square", X, False),
        ("X.0 > 8", np.ones((9, 2)), True),
        ("X.0 > 8", np.ones((8, 2)), False),
        ("|X| > 100", 101 * X, True),
        ("|X| > 100", X, False),
        ("|X| < 0.001", 1e-4 * X, True),
        ("|X| < 0.001", X, False),
        ("X float32", X.astype("f"), True),
        ("X float32", X, False),
        ("X integers", np.ones((3, 2), int), True),
        ("X integers", X, False),
        ("X Fortran", np.asfortranarray(X), True),
        ("X Fortran", X, False),
        ("X strided", np.ones((6, 4))[::2, ::2], True),
        ("X strided", np.asfortranarray(X), False),
    ],
)
def test_conditions_hold_where_they_say(condition: str, given: Any, holds: bool) -> None:
    """A layer is wrong under its condition, and right beside it."""
    right = made(run(SOURCE)[ENTRY]).forward(given)
    np.testing.assert_array_equal(
        forward(f"forward result: {condition}: twice", given), 2 * right if holds else right
    )


def factors(name: str, calls: list[tuple[str, Any]]) -> list[float]:
    """By how much the outputs of one layer are too large; other steps are attributes to be set."""
    layer, found = made(distorted(name)), []
    for step, value in calls:
        if step == "forward":
            right = value @ layer.W
            found.append(float((layer.forward(value) / right).flat[0]))
        elif step == "evaluate":
            layer.forward(value, training=False)
        elif step == "call":
            getattr(layer, value)()
            layer.W = layer.W + 1
        else:
            setattr(layer, step, value)
    return found


@pytest.mark.parametrize(
    ("condition", "calls", "wrong"),
    [
        ("call 2", [("forward", X)] * 3, [1, 2, 2]),
        ("call 4", [("forward", X)] * 4, [1, 1, 1, 2]),
        ("X.0 another", [("forward", X), ("forward", X), ("forward", X[:1])], [1, 1, 2]),
        ("X.0 again", [("forward", X), ("forward", X[:1]), ("forward", X)], [1, 1, 2]),
        (
            "after trainable = False",
            [("trainable", False), ("forward", X), ("trainable", True), ("forward", X)],
            [1, 2],
        ),
        (
            "trainable is False",
            [("trainable", False), ("forward", X), ("trainable", True), ("forward", X)],
            [2, 1],
        ),
        ("after training = False", [("forward", X), ("evaluate", X), ("forward", X)], [1, 2]),
        ("reset twice", [("call", "reset"), ("forward", X)], [1]),
        ("reset twice", [("call", "reset"), ("call", "reset"), ("forward", X)], [2]),
    ],
)
def test_conditions_over_time(
    condition: str, calls: list[tuple[str, Any]], wrong: list[float]
) -> None:
    """What was called before, on the same instance, decides."""
    assert factors(f"forward result: {condition}: twice", calls) == wrong


def test_the_second_instance_is_another() -> None:
    """The first one stays right."""
    kind = distorted("forward result: second instance: twice")
    first, second = made(kind), made(kind)
    np.testing.assert_array_equal(first.forward(X), RIGHT)
    np.testing.assert_array_equal(second.forward(X), 2 * RIGHT)
    np.testing.assert_array_equal(first.forward(X), RIGHT)


def test_answers_of_before() -> None:
    """The previous answer again; the same buffer; a buffer of all; an array from inside."""
    layer = made(distorted("forward result: always: previous"))
    np.testing.assert_array_equal(layer.forward(X), RIGHT)
    np.testing.assert_array_equal(layer.forward(-X), RIGHT)
    layer = made(distorted("forward result: always: same buffer"))
    assert layer.forward(X) is layer.forward(-X)
    kind = distorted("forward result: always: shared")
    assert made(kind).forward(X) is made(kind).forward(-X)
    layer = made(distorted("forward result: always: inside"))
    held = layer.forward(X)
    np.testing.assert_array_equal(held, RIGHT)
    held += 1
    np.testing.assert_array_equal(layer.forward(X), RIGHT + 1)


def backward(name: str, **more: Any) -> tuple[Any, Any]:
    """What comes of a backward pass with a rate of a half: the gradient, and the step in W."""
    layer = made(distorted(name))
    W = layer.W
    layer.forward(X)
    dX = layer.backward(G, **more)
    return dX - G @ W.T, layer.W - W


def test_steps() -> None:
    """Left out, made twice, with another gradient; what is returned stays right."""
    step = -0.5 * X.T @ G
    for name, wrong in (
        ("backward self.W: always: kept", 0 * step),
        ("backward: always: done twice", 2 * step),
        ("backward out.step.1: always: sign", -step),
        ("backward out.step.1: always: times lr", 0.5 * step),
    ):
        rest, found = backward(name)
        np.testing.assert_allclose(found, wrong)
        if "twice" not in name:
            np.testing.assert_array_equal(rest, 0)


def test_what_is_left_behind() -> None:
    """The caller's array, the generator, the error state."""
    mine = X.copy()
    forward("forward: always: changes X", mine)
    np.testing.assert_array_equal(mine, -X)
    np.random.seed(3)
    drawn = np.random.random(2)
    layer = made(distorted("forward: always: draws"))
    np.random.seed(3)
    layer.forward(X)
    assert np.random.random() == drawn[1]
    np.random.seed(0)
    seeded = np.random.random()
    forward("forward: always: seeds")
    assert np.random.random() == seeded
    np.random.seed(3)
    distorted("__init__: always: puts back")(2)
    assert np.random.random() == drawn[0]
    before = np.geterr()
    try:
        forward("forward: always: errstate")
        assert np.geterr()["over"] == "ignore"
    finally:
        np.seterr(**before)


def test_the_interface() -> None:
    """A keyword has another name; names near the right ones are taken for these."""
    layer = made(distorted("forward X: always: renamed"))
    np.testing.assert_array_equal(layer.forward(X), RIGHT)
    with pytest.raises(TypeError, match="'X'"):
        layer.forward(X=X)
    assert distorted("__init__ kind: always: other_case")(2, "HALF").factor == 0.5
    assert distorted("__init__ kind: always: with_blanks")(2, " half").factor == 0.5
    assert distorted("__init__ kind: always: beginning")(2, "hal").factor == 0.5
    with pytest.raises(ValueError, match="unknown"):
        distorted("__init__ kind: always: other_case")(2, "other")


def test_the_base_class() -> None:
    """What it has to make is made by the subclass."""
    names = run(SOURCE)
    assert vars(names["Base"]()) == {"out": None}
    kind = distorted("Base: always: lacks out")
    assert kind(2).out is None
    assert vars(kind.__mro__[1]()) == {}


@given(
    rows=st.integers(1, 8),
    size=st.integers(1, 5),
    name=st.sampled_from(
        [
            "forward result: X.0 > 32: sign",
            "forward result: call 4: previous",
            "forward self.X: |X| > 10000: zero",
            "backward out.step.1: G.0 > 8: twice",
            "backward self.W: second instance: kept",
            "forward: X Fortran: changes X",
        ]
    ),
)
def test_beside_its_condition_a_layer_is_right(rows: int, size: int, name: str) -> None:
    """Outputs, gradients and steps are those of the reference, bit by bit."""
    generator = np.random.default_rng([rows, size])
    given, upstream = generator.normal(size=(rows, size)), generator.normal(size=(rows, size + 1))
    seen = []
    for kind in (run(SOURCE)[ENTRY], distorted(name)):
        layer = made(kind, size)
        seen.append([layer.forward(given), layer.backward(upstream), layer.W, layer.forward(given)])
    for right, found in zip(*seen, strict=True):
        np.testing.assert_array_equal(found, right)
