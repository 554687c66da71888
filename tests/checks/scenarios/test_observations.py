"""What is read from the source of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader.checks.scenarios.observations import observations_of, used_by


def train(module: Any, case: Any) -> Iterator[Any]:
    """Yields of each kind."""
    layer = module.Layer(case.units)
    layer.W = case.W
    yield "forward", layer.forward(case.X, training=True)
    yield "gradients.both", (layer.dW, layer.db)
    yield ("loss", "gradient"), module.loss(case.X)


def helped(module: Any, case: Any) -> Iterator[Any]:
    """Hands the case on."""
    yield "start", made(module, case)


def made(module: Any, case: Any) -> Any:
    """A helper."""
    return module.Layer(case.X)


def nameless(module: Any, case: Any) -> Iterator[Any]:
    """No name."""
    yield module.f(case.X)


def silent(module: Any, case: Any) -> Any:
    """No yield."""
    return module.f(case.X)


def test_names_groups_and_sources() -> None:
    """As a student would write what is looked at; items of a tuple by their index."""
    first, second, *pair = observations_of(train)
    assert (first.name, first.labels) == ("forward", ("layer.forward(X, training=True)",))
    assert (second.group, second.aspect) == ("gradients", "gradients-both")
    assert second.labels == ("layer.dW", "layer.db")
    assert [each.name for each in pair] == ["loss", "gradient"]
    assert [(each.label, each.part, each.parts) for each in pair] == [
        ("loss(X)[0]", 0, 2),
        ("loss(X)[1]", 1, 2),
    ]


@pytest.mark.parametrize(
    ("function", "what"), [(nameless, "yield a name and a value"), (silent, "yields nothing")]
)
def test_a_scenario_that_cannot_be_read_is_refused(function: Any, what: str) -> None:
    """With the file, and a line of the function."""
    with pytest.raises(SyntaxError, match=what) as caught:
        observations_of(function)
    assert caught.value.filename == __file__
    start = function.__code__.co_firstlineno
    assert start <= (caught.value.lineno or 0) <= start + 2


def test_which_arrays_are_used() -> None:
    """All, where the case goes on to another function, or something is made of them."""
    arrays, known = ["X", "W", "G"], {"X", "W", "G", "units"}
    assert used_by(train, arrays, known) == ["X", "W"]
    assert used_by(train, arrays, {"X", "W", "G"}) == arrays
    assert used_by(helped, arrays, known) == arrays
