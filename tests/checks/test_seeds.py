"""Every number of a session comes from its seed, and any seed is as good as any other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import recorded
from benchmarks.seeds import faults_of_right_files, graded
from grader.authoring.sample_headers import failing
from grader.checks import seeds
from grader.grading.in_process import grade
from grader.layers import CORNERS, AffineCase, activated
from grader.model.problem import Library
from grader.model.sample_header import read_declaration
from grader.model.submission import submission_from
from tests.conftest import ROOT

SEEDS = st.integers(0, 2**32 - 1)
PROBLEMS = Library.find(ROOT).slugs()


def arrays(case: AffineCase, seed: int) -> list[np.ndarray[Any, Any]]:
    """What a case is made of in a session."""
    with seeds.session(seed):
        return [case.X, case.W, case.b, case.G]


@given(SEEDS, SEEDS)
def test_all_corners_depend_on_the_seed(one: int, other: int) -> None:
    """The same objects have other values in another session, and their own again afterwards."""
    for case in (*CORNERS, *(activated(corner, "relu") for corner in CORNERS)):
        first, second, again = (arrays(case, seed) for seed in (one, other, one))
        assert all(map(np.array_equal, first, again))
        if one != other and case.batch == 20:  # of a single number two are equal by chance
            assert not any(map(np.array_equal, first, second))


@given(SEEDS)
def test_no_small_case_hides_a_mistake_by_chance(seed: int) -> None:
    """Both signs, no number twice; some output small for a curve, some positive for a ReLU."""
    for case in CORNERS:
        if not case.integers:
            continue
        for array in arrays(case, seed):
            signs, magnitudes = set(np.sign(array).flat), np.abs(array)
            assert signs == {-1.0, 1.0} or array.size == 1
            assert len(np.unique(magnitudes)) == array.size or array.size > 4
        X, W, b, G = arrays(case, seed)
        assert np.abs(X @ W + b).min() < 9
        assert G.sum(axis=0).all()
        assert G.sum()
        X, W, b, _ = arrays(activated(case, "relu"), seed)
        Z = X @ W + b
        assert Z.max() > 0
        assert Z.min() < 0 or Z.size == 1


@given(SEEDS, SEEDS, st.integers(0, 99))
def test_numbers_depend_on_the_seed_and_their_labels(one: int, other: int, label: int) -> None:
    """They fit a generator of NumPy's, and are not the seed."""
    with seeds.session(one):
        number = seeds.number(label)
        drawn = seeds.generator(label).random()
        assert number == seeds.number(label) != seeds.number(label, 1)
        assert 0 <= number < 2**31
        with seeds.session(other):
            assert seeds.current() == other
            assert (seeds.number(label) == number) == (one == other)
            assert (seeds.generator(label).random() == drawn) == (one == other)
        assert seeds.current() == one


def test_a_worker_cannot_tell_the_seed() -> None:
    """Its generators are seeded with other numbers; the first word of a state is the seed of it."""
    dense = Library.find(ROOT).load("dense")
    looks = b"import numpy as np\nclass Dense:\n    def __init__(self, *a, **k):\n"
    looks += b"        raise RuntimeError(' '.join(map(str, np.random.get_state()[1])))\n"
    for seed in (12345678, 3000000000):
        report = grade(dense, submission_from("dense.py", looks), seed=seed)
        assert not any(str(seed) in check.message for check in report.checks)


@pytest.mark.parametrize("slug", PROBLEMS)
def test_right_files_keep_full_marks_with_other_seeds(slug: str) -> None:
    """The reference and the accepted samples; benchmarks/seeds.py tries many more."""
    assert not list(faults_of_right_files(Library.find(ROOT).load(slug), 3000000019))


@pytest.mark.parametrize("slug", ["dense-minimal", "relu"])
def test_wrong_files_are_found_with_other_seeds(slug: str) -> None:
    """In the groups that they declare: one file in four; benchmarks/seeds.py tries all."""
    problem = Library.find(ROOT).load(slug)
    for path, report in graded(problem, problem.samples("rejected")[::4], 3000000019):
        assert failing(report) == read_declaration(path).fails, path


@pytest.mark.parametrize("slug", recorded.PROBLEMS)
def test_a_table_of_recorded_answers_is_worth_nothing_with_another_seed(slug: str) -> None:
    """It has full marks with the seed that it was recorded with."""
    problem = Library.find(ROOT).load(slug)
    keys = recorded.recorded(problem)
    assert sum(recorded.earned(problem, keys, None).values()) == pytest.approx(100, abs=0.01)
    assert not recorded.gained(problem, keys, 3000000019)
