"""Which known mistake is named, given what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks.misconceptions import Aspect, Rules, Unknown
from grader.checks.observation import Raised, Seen
from grader.diagnosis.match import Explanation, explain
from grader.remote.steps import StudentError

WORDS: Any = {"why": "w", "hint": "h", "stronger": "s"}
THREE = (1.0, 2.0, 3.0)


def rules_of(*predictions: Any) -> Rules:
    """Known mistakes in the aspect ``value``, named after the functions that predict them."""
    rules = Rules()
    for predict in predictions:
        rules.mistake("value", f"it is {predict.__name__}", **WORDS)(predict)
    return rules


def doubled(s: Any) -> Any:
    return s.x * 2


def squared(s: Any) -> Any:
    return s.x**2


def explained(
    rules: Rules, yours: Any, cases: Sequence[float] = THREE, more: Sequence[float] = ()
) -> Explanation | None:
    """What explains that ``yours(x)`` came where x is right."""

    def look(x: float) -> Seen | None:
        found = yours(x)
        return None if found is None else Seen(found, np.float64(x), x=np.float64(x))

    aspect = Aspect("value", ("group",), "The value", tuple(cases), tuple(more))
    found = explain(aspect, look, cases, rules, {"group"}, look)
    return found[0] if found else None


def name(found: Explanation | None) -> str | None:
    """The id that was named."""
    return None if found is None else found.diagnosis.id


def test_a_mistake_that_predicts_everything_is_named() -> None:
    """With its texts, in the group that lost points; surer the more wrong values it predicts."""
    found = explained(rules_of(doubled, squared), lambda x: np.float64(2 * x))
    assert found is not None
    assert (found.diagnosis.id, found.diagnosis.group) == ("doubled", "group")
    assert found.diagnosis.title == "it is doubled"
    assert found.diagnosis.confidence == 1 - 0.5**3


def test_one_value_that_it_does_not_predict_is_enough_to_be_silent() -> None:
    """Also a right one: a mistake has to say where nothing is wrong."""
    for odd in (1.0, 1.5):
        value = lambda x, odd=odd: np.float64(odd if x == 1 else 2 * x)  # noqa: E731
        assert name(explained(rules_of(doubled), value)) is None


class _Sized:
    """What is seen of an array with so many rows."""

    def __init__(self, wrong: Any) -> None:
        self.wrong = wrong

    def look(self, rows: int) -> Seen:
        right = np.arange(1.0, rows + 1)
        return Seen(self.wrong(right) if self.wrong else right, right, x=right, batch=rows)

    def title(self, rules: Rules) -> str:
        aspect = Aspect("value", ("group",), "The value")
        found = explain(aspect, self.look, range(1, 14), rules, {"group"}, self.look)
        return found[0].diagnosis.title if found else ""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda x: x * 2 if len(x) == 1 else x, "it is doubled, but only for a batch of one row."),
        (lambda x: x * 2 if len(x) > 6 else x, "it is doubled, but only for more than 6 rows."),
        (lambda x: x * 2 if len(x) in (2, 3, 7, 10) else x, "The value is 2 times the right one."),
        (lambda x: x * 2, "it is doubled"),
    ],
)
def test_a_mistake_in_some_examples_is_told_with_what_they_share(wrong: Any, says: str) -> None:
    """Where it would have shown in others, which are right; without that it is not named."""
    assert _Sized(wrong).title(rules_of(doubled)) == says


def test_nothing_is_named_where_nothing_is_wrong() -> None:
    """Nor where there was nothing to see."""
    assert explained(rules_of(doubled), np.float64) is None
    assert explained(rules_of(doubled), lambda x: None) is None


def test_the_simpler_one_is_named_where_several_fit() -> None:
    """That is, the one that stands first."""
    both = (lambda x: np.float64(2 * x), [2.0])
    assert name(explained(rules_of(doubled, squared), *both)) == "doubled"
    assert name(explained(rules_of(squared, doubled), *both)) == "squared"


def test_an_example_is_looked_for_that_tells_two_mistakes_apart() -> None:
    """It is looked at only if it is needed."""
    asked: list[float] = []

    def square(x: float) -> Any:
        asked.append(x)
        return np.float64(x**2)

    assert name(explained(rules_of(doubled, squared), square, [2.0], [3.0])) == "squared"
    assert asked == [2.0, 3.0]
    asked.clear()
    assert name(explained(rules_of(squared), square, [2.0], [3.0])) == "squared"
    assert asked == [2.0]


def test_no_opinion_does_not_fit() -> None:
    """A prediction that raises Unknown is not wrong, it says nothing."""

    def unknown(s: Any) -> Any:
        raise Unknown

    assert name(explained(rules_of(unknown, doubled), lambda x: np.float64(2 * x))) == "doubled"


def test_what_raises_is_predicted_by_raising() -> None:
    """By its type; the exceptions come with the explanation, so that nobody tells them again."""
    error = StudentError("ZeroDivisionError", "division by zero", [(3, "value")])

    def inverted(s: Any) -> Any:
        return np.float64(1 // int(s.x - 1)) if s.x == 1 else np.float64(2 * s.x)

    found = explained(rules_of(inverted), lambda x: error if x == 1 else np.float64(2 * x))
    assert found is not None
    assert found.raised == (error,)


def test_exceptions_alone_are_no_evidence() -> None:
    """Everything may raise a ValueError for a thousand reasons."""

    def failing(s: Any) -> Any:
        raise ValueError

    error = StudentError("ValueError", "shapes", [(3, "value")])
    assert explained(rules_of(failing), lambda x: error) is None


def rounded(s: Any, places: int) -> Any:
    return np.round(s.x / 3, places)


@pytest.fixture
def families() -> Rules:
    """One mistake that can be made in three ways."""
    rules = Rules()
    ways = [{"places": places} for places in (1, 2, 3)]
    rules.mistake("value", "rounded to {places} places", **WORDS, each=ways)(rounded)
    return rules


@pytest.mark.parametrize("places", [1, 2, 3])
def test_a_mistake_with_values_is_told_with_the_one_that_fits(places: int, families: Rules) -> None:
    """One name, and what it differs in stands in the texts."""
    found = explained(families, lambda x: np.round(np.float64(x) / 3, places))
    assert found is not None
    assert found.diagnosis.id == "rounded"
    assert found.diagnosis.title == f"rounded to {places} places"


def test_all_examples_have_to_fit_the_same_value(families: Rules) -> None:
    """Rounded to two places here and to three there is another mistake."""
    mixed = lambda x: np.round(np.float64(x) / 3, 2 if x == 1 else 3)  # noqa: E731
    assert name(explained(families, mixed)) != "rounded"


def test_an_aspect_whose_cases_are_apart_speaks_of_the_case() -> None:
    """The noun holds a place for it."""
    aspect = Aspect("kept", ("group",), "layer.{case}", ("W",), apart=True)
    assert aspect.about("W").noun == "layer.W"


def test_raised_values_are_equal_by_type() -> None:
    """The text of an exception differs between versions of NumPy."""
    one = Seen(StudentError("ValueError", "a"), 1.0)
    assert one.yours == Raised("ValueError")
    assert one.raised is not None
    assert one.raised.message == "a"
