"""What a watched call leaves behind in NumPy, as the worker sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.random.mtrand import get_bit_generator, set_bit_generator

from grader.sandbox.worker.leftovers import ERRORS, GENERATOR, Leftovers


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The global generator and the error handling of this process stay what they are."""
    generator, state, errors = get_bit_generator(), np.random.get_state(), np.geterr()
    yield
    set_bit_generator(generator)
    np.random.set_state(state)
    np.seterr(**errors)


def draw_one_of_a_pair() -> None:
    np.random.randn()


def draw_from_another_generator() -> None:
    set_bit_generator(np.random.PCG64(3))


DRAWS: list[Callable[[], object]] = [
    np.random.rand,
    draw_one_of_a_pair,
    draw_from_another_generator,
    lambda: np.random.seed(3),
    lambda: np.random.shuffle([1, 2, 3]),
]


def left_by(*functions: Callable[[], object]) -> list[list[str]]:
    """What is found of functions that are called in turn, by their number."""
    watched = Leftovers()
    for number, function in enumerate(functions):
        watched.call(str(number), function, [], {})
    return watched.found()


@pytest.mark.parametrize("draw", DRAWS)
def test_every_use_of_the_global_generator_is_seen(draw: Callable[[], object]) -> None:
    """Whichever function it is, and by that call alone."""
    np.random.seed(5)
    assert left_by(lambda: None, draw, lambda: None) == [["1", GENERATOR]]


def test_the_second_normal_number_of_a_pair_is_seen() -> None:
    """It changes no word of the generator's: it was drawn with the first."""
    np.random.seed(5)
    np.random.randn()
    assert left_by(lambda: None, draw_one_of_a_pair) == [["1", GENERATOR]]


def test_what_the_judge_draws_in_between_is_nobodys() -> None:
    """Only what happens within a call counts."""
    watched = Leftovers()
    for _ in range(3):
        np.random.seed(7)
        watched.call("f", lambda: None, [], {})
    assert watched.found() == []


def test_error_handling_that_stays_changed_is_seen() -> None:
    """Within ``np.errstate`` it does not stay."""

    def within() -> None:
        with np.errstate(all="ignore"):
            pass

    assert left_by(within, lambda: np.seterr(over="raise")) == [["1", ERRORS]]
