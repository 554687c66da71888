"""Cases of scenarios: what is drawn, in which order, and how it becomes smaller."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from grader.checks import Case, booleans, floats, integers, one_of, seeds, sizes


class Batch(Case):
    """Some of everything."""

    rows, classes = sizes(1, 6), sizes(2, 5)
    rate = one_of(0.5, 0.1)
    X = floats("rows", "classes")
    weights = floats("classes", nonzero=True, scaled=False)
    shares = floats("rows", between=(0.25, 0.75))
    labels = integers(0, "classes", "rows")
    mask = booleans("rows", 2)
    start = integers(1, 4)


class Window(Case):
    """Sizes that have to go together."""

    length, kernel = sizes(1, 5), sizes(1, 5)
    X = floats("length")

    def fits(self) -> bool:
        return bool(self.kernel <= self.length)


@given(case=Batch.strategy())
def test_parts_have_the_shapes_and_ranges_that_are_declared(case: Batch) -> None:
    """Whatever is drawn."""
    assert case.X.shape == (case.rows, case.classes)
    assert case.X.dtype == case.weights.dtype == np.float64
    assert (case.weights != 0).all()
    assert ((case.shares >= 0.25) & (case.shares < 0.75)).all()
    assert case.labels.shape == (case.rows,)
    assert set(case.labels) <= set(range(case.classes))
    assert case.mask.shape == (case.rows, 2)
    assert case.mask.dtype == bool
    assert case.start in (1, 2, 3)
    assert type(case.start) is int
    if case._whole:
        assert (np.round(case.X * 2) == case.X * 2).all()


@given(case=Window.strategy())
def test_sizes_that_do_not_go_together_are_not_drawn(case: Window) -> None:
    """Nor tried when a case is made smaller."""
    assert case.fits()
    assert all(smaller.fits() for smaller in case.smaller())
    assert all(each.fits() for each in (*Window.corners(), *Window.far()))


@given(case=Batch.strategy())
def test_smaller_cases_are_smaller_and_come_to_an_end(case: Batch) -> None:
    """One thing is simpler in each; the simplest has none."""
    for smaller in case.smaller():
        assert (smaller.size, smaller._seed) < (case.size, case._seed) or smaller.size < case.size
    assert not list(Batch().smaller())


def test_equal_cases_have_equal_values_by_the_seed_of_the_session() -> None:
    """Another session, or another seed of the case, draws other numbers."""
    one, same, other = Batch(rows=3), Batch(rows=3), Batch(rows=3, _seed=1)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert np.array_equal(one.X, same.X)
    assert not np.array_equal(one.X, other.X)
    with seeds.session(5):
        assert not np.array_equal(one.X, Batch(rows=3).X)


def test_far_cases_leave_what_is_not_scaled() -> None:
    """Sizes of 130, one at a time; large and tiny numbers where they are wanted."""
    far = Batch.far()
    assert [(case.rows, case.classes) for case in far if case._scale == 1.0] == [(130, 5), (3, 130)]
    scaled = [case for case in far if case._scale != 1.0]
    assert len(scaled) == 2
    for case in scaled:
        assert np.abs(case.weights).max() <= 4
        assert np.allclose(case.X, Batch(**case._chosen).X * case._scale)


def test_a_part_cannot_hide_what_every_case_has() -> None:
    """It would be found out late, and far from its cause."""
    for name in ("size", "right"):
        with pytest.raises(TypeError, match=f"cannot be called '{name}'"):
            type("Wrong", (Case,), {name: floats(2)})
