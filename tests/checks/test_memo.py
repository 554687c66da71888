"""What is done to a submission once, for all the checks that look at it."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks.memo import Once
from grader.remote.loadable import Loadable
from grader.remote.steps import Call, StudentError
from grader.remote.student import Student
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers, start_workers
from grader.sandbox.process import Limits

SOURCE = """
    import os
    import numpy as np

    calls = 0

    def double(x):
        global calls
        calls += 1
        if x == 13:
            raise ValueError("unlucky")
        if x == 99:
            os._exit(0)
        return 2 * x

    def counted():
        return calls

    def lucky():
        return float(np.random.random_sample())
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A source of workers for the whole file."""
    source = start_workers()
    yield source
    source.close()


@pytest.fixture
def student(workers: Workers) -> Iterator[Student]:
    """A module that counts what is asked of it."""
    source = textwrap.dedent(SOURCE).encode()
    remote = Student(workers, Loadable("work", source), Limits())
    with contextlib.closing(remote):
        remote.begin()
        yield remote


def doubled(student: Student) -> Callable[[int], Any]:
    """A function that asks the student's code within a program block."""

    def make(x: int) -> Any:
        with student.program():
            return student.double(x)

    return make


def test_a_value_is_made_once(student: Student) -> None:
    """The second who asks gets what the first one got."""
    once = Once(student)
    assert [once("key", lambda: student.double(4)) for _ in range(3)] == [8, 8, 8]
    assert student.counted() == 1
    once.forget()
    assert once("key", lambda: student.double(4)) == 8
    assert student.counted() == 2


def test_a_failure_is_kept_as_well(student: Student) -> None:
    """Code that raised is not run again to see it raise."""
    once = Once(student)
    for _ in range(2):
        with pytest.raises(StudentError, match="unlucky"):
            once("key", lambda: student.double(13))
    assert student.counted() == 1


def test_who_asks_later_sees_what_was_done(student: Student) -> None:
    """The steps behind a shared value are in the trace of every check that asks."""
    once = Once(student)
    traces = []
    for _ in range(2):
        student.begin()
        once("key", lambda: student.double(4))
        traces.append([str(step) for step in student.trace])
    assert traces[0] == traces[1]
    assert "double(4)" in traces[0]


def test_who_asks_again_is_not_shown_it_again(student: Student) -> None:
    """A check that takes a shared value in two places tells once how it came about."""
    once = Once(student)
    for _ in range(2):
        assert once("key", lambda: student.double(4)) == 8
        assert once("other", lambda: student.double(5)) == 10
    assert [str(s) for s in student.trace if isinstance(s, Call)] == [
        "double(4)",
        "double(5)",
    ]


def test_random_numbers_do_not_tell_who_asked_first(student: Student) -> None:
    """After a shared value the same numbers are drawn, made now or before."""
    once = Once(student)
    drawn = []
    for _ in range(2):
        student.begin()
        once("key", student.lucky)
        drawn.append(student.lucky())
    assert drawn[0] == drawn[1]


def test_a_fact_leaves_no_mark(student: Student) -> None:
    """Neither steps nor random numbers show that a fact was looked up, even inside a block."""
    once = Once(student)
    student.begin()
    undisturbed = [student.lucky() for _ in range(2)]
    student.begin()
    first = student.lucky()
    before = len(student.trace)
    with student.program():
        assert once.fact("name", student.lucky) == undisturbed[0]
        second = student.lucky()
    assert [first, second.value] == undisturbed
    assert len(student.trace) == before + 1


def test_several_are_made_in_one_message(student: Student) -> None:
    """The first key is made alone, the others together, and none of them twice."""
    get = Once(student).each("doubled", [1, 2, 3, 4], doubled(student))
    student.begin()
    assert get(1).value == 2
    assert student.counted() == 1
    student.begin()
    assert get(3).value == 6
    assert student.counted() == 4
    student.begin()
    assert [get(x).value for x in (2, 4, 5)] == [4, 8, 10]
    assert student.counted() == 5


def test_one_that_raises_does_not_touch_its_neighbours(student: Student) -> None:
    """Each of several has its own answer, and its own failure."""
    get = Once(student).each("doubled", [1, 2, 13, 4], doubled(student))
    for x in (1, 2, 4):
        student.begin()
        assert get(x).value == 2 * x
    with pytest.raises(StudentError, match="unlucky"):
        _ = get(13).value


def test_one_that_kills_the_worker_is_found(student: Student) -> None:
    """When several together bring the worker down, each is made alone."""
    get = Once(student).each("doubled", [1, 2, 99, 4], doubled(student))
    for x in (1, 2):
        student.begin()
        assert get(x).value == 2 * x
    student.begin()
    with pytest.raises(WorkerFailure):
        get(99)
    student.begin()
    assert get(4).value == 8


def test_objects_of_a_check_survive_what_is_made_aside(student: Student) -> None:
    """What waits to be sent is sent after it, and answers as if nothing had been in between."""
    values = np.arange(3.0)
    mine = student.array(values)
    Once(student)("key", lambda: student.double(1))
    assert np.array_equal(student.read(mine), values)


def test_a_check_goes_on_after_several_were_made(student: Student) -> None:
    """What it sends next is a message of its own, with none of the arrays that were sent before."""

    def run(size: int) -> Any:
        with student.program():
            return student.read(student.array(np.ones(size)))

    get = Once(student).each("ones", [1, 2, 3], run)
    student.begin()
    assert [get(size).value.tolist() for size in (1, 2)] == [[1.0], [1.0, 1.0]]
    assert student.read(student.array(np.arange(2.0))).tolist() == [0.0, 1.0]


def test_what_is_shared_does_not_keep_others_apart(student: Student) -> None:
    """A check that has only looked at shared values has made nothing that could be lost."""
    get = Once(student).each("doubled", [1, 2, 3, 4], doubled(student))
    student.begin()
    assert [get(x).value for x in (1, 2)] == [2, 4]
    assert student.counted() == 4


def test_a_lost_worker_does_not_cost_what_was_shared(student: Student) -> None:
    """The steps that a check has been told of are still its steps."""
    get = Once(student).each("doubled", [1, 2, 99], doubled(student))
    student.begin()
    get(1)
    before = list(student.trace)
    assert get(2).value == 4
    assert student.trace[: len(before)] == before
    assert [step.expression for step in student.trace if isinstance(step, Call)] == [
        "double(1)",
        "double(2)",
    ]
