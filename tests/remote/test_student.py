"""The student's module as checks see it: objects, errors, programs, exposed objects, traces."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from grader.remote.exposures import Exposure
from grader.remote.loadable import Loadable
from grader.remote.objects import RemoteInstance
from grader.remote.steps import Call, GetAttribute, Named, Step, StudentError
from grader.remote.student import Student
from grader.sandbox.codec import Opaque
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers, start_workers
from grader.sandbox.process import Limits

LIMITS = Limits(call_seconds=10)
SEED = 42

COUNTER = """
    import numpy as np

    LIMIT = 5

    class Counter:
        step = 2

        def __init__(self, start=0, *, name="counter"):
            self.count = start
            self.name = name
            self.kept = {"offset": 0}

        def add(self, amount=1, times=1):
            self.count += amount * times
            return self.count

        def double(self, x):
            return x * 2

        def moved(self, x):
            return x + self.kept["offset"]

        @property
        def half(self):
            return self.count / 2

        @classmethod
        def from_dict(cls, data):
            return cls(**data)

    def gathered(things, arrays):
        counter, (number,) = things
        arrays[0][0] += 0.0
        total = counter.count + number + arrays[0].sum()
        arrays[0][1] = 5.0
        return float(total)

    def total(*counters):
        return sum(counter.count for counter in counters)

    def same(x):
        return x

    def layout(x):
        return [x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable, x]

    def spoil(x):
        x *= 0
"""

FAULTY = """
    import numpy as np

    class Faulty:
        def __init__(self, size=1):
            self.size = 1 / size

        def work(self):
            return self.help(np.zeros(2))

        def help(self, x):
            return x @ np.zeros(3)

    def leave():
        import os
        os._exit(1)

    def fine():
        return 1
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A source of workers for the whole file."""
    source = start_workers()
    yield source
    source.close()


@contextlib.contextmanager
def loaded(workers: Workers, source: str, *methods: str) -> Iterator[Student]:
    """Give the module made of ``source`` at the beginning of a check."""
    loadable = Loadable("work", textwrap.dedent(source).encode())
    remote = Student(workers, loadable, LIMITS, SEED, frozenset(methods))
    try:
        remote.begin()
        yield remote
    finally:
        remote.close()


@pytest.fixture
def student(workers: Workers) -> Iterator[Student]:
    """A module with a class that works."""
    with loaded(workers, COUNTER) as remote:
        yield remote


@pytest.fixture
def faulty(workers: Workers) -> Iterator[Student]:
    """A module with a class that raises."""
    with loaded(workers, FAULTY) as remote:
        yield remote


# -- objects -------------------------------------------------------------------------------


def test_a_class_behaves_like_a_class(student: Student) -> None:
    """Instances are made, called, read and written to as if they were here."""
    counter = student.Counter(3, name="c")
    assert isinstance(counter, RemoteInstance)
    assert (counter.count, counter.name, counter.step) == (3, "c", 2)
    assert counter.add() == 4
    assert counter.add(2, times=3) == 10
    counter.count = 7
    counter.note = "new"
    assert (counter.count, counter.note, counter.half) == (7, "new", 3.5)


def test_instances_are_apart(student: Student) -> None:
    """What is done to one instance is not done to another."""
    one, other = student.Counter(1), student.Counter(2)
    one.add(10)
    assert (one.count, other.count) == (11, 2)


def test_the_modules_functions_and_constants(student: Student) -> None:
    """Functions are called and other names are read; objects can be arguments."""
    assert student.total(student.Counter(1), student.Counter(2)) == 3
    assert student.LIMIT == 5
    assert "Counter" in student.classes
    assert "total" in student.functions


def test_arrays_cross_by_value(student: Student) -> None:
    """The student's code gets a copy, and so does the judge."""
    mine = np.ones((2, 3))
    student.spoil(mine)
    assert np.array_equal(mine, np.ones((2, 3)))
    assert np.array_equal(student.Counter().double(mine), 2 * mine)


def test_what_cannot_cross_is_opaque(student: Student) -> None:
    """An object comes back as a stand-in that tells its type."""
    value = student.same(student.Counter())
    assert isinstance(value, Opaque)
    assert value.type_name.endswith("Counter")


def test_a_class_knows_its_methods_and_bases(workers: Workers) -> None:
    """Checks can see what a class has without calling anything."""
    source = "class A:\n    def f(self): ...\nclass B(A):\n    def g(self): ...\n"
    with loaded(workers, source) as student:
        assert {"f", "g"} <= student.B.methods
        assert student.B.bases == ("A",)


def test_names_that_are_missing(student: Student) -> None:
    """A missing attribute, method, function or class is the student's AttributeError."""
    counter = student.Counter()
    for owner, name in ((counter, "weights"), (student, "weights"), (student, "Dense")):
        with pytest.raises(StudentError) as caught:
            getattr(owner, name)
        assert caught.value.type_name == "AttributeError"
        assert repr(name) in caught.value.message


ODD = """
    class Base:
        def shape(self):
            return (1,)

    class Odd(Base):
        def __init__(self):
            self.act = lambda x: x + 1
            self.size = 3

        @property
        def shape(self):
            return (2,)
"""


def test_functions_in_attributes_can_be_called(workers: Workers) -> None:
    """A method that is put into the instance is called like one of the class."""
    with loaded(workers, ODD, "act", "missing") as student:
        odd = student.Odd()
        with student.program():
            promised = odd.act(1)
            missing = odd.missing(1)
        assert promised.value == 2
        assert missing.error is not None
        assert missing.error.type_name == "AttributeError"
        assert odd.act(2) == 3


def test_a_property_in_place_of_a_method(workers: Workers) -> None:
    """A check that calls it meets the student's TypeError, not one of its own."""
    with loaded(workers, ODD, "shape") as student:
        odd = student.Odd()
        with student.program():
            promised = odd.shape()
        assert promised.error is not None
        assert promised.error.type_name == "TypeError"
        with pytest.raises(StudentError, match="not callable"):
            odd.shape()


def test_subclasses_of_arrays_are_noted(workers: Workers) -> None:
    """An array that is not a plain one arrives as one, and a note says so, once."""
    source = "import numpy as np\ndef masked(): return np.ma.masked_array([1.0, 2.0])\n"
    with loaded(workers, source) as student:
        assert type(student.masked()) is np.ndarray
        student.masked()
        assert len(student.notes) == 1
        assert "MaskedArray" in next(iter(student.notes))


# -- functions that students are given -----------------------------------------------------

GIVEN = """
    def double(x, plus=0):
        return 2 * x + plus
"""
USES = """
    import tools

    def same(function):
        return function is tools.double

    def apply(function, x):
        return function(x)

    def take(generator):
        return generator.random()
"""


@pytest.fixture
def given(workers: Workers) -> Iterator[Student]:
    """A module that works with functions, and a module of functions beside it."""
    provided = {"tools": textwrap.dedent(GIVEN)}
    loadable = Loadable("work", textwrap.dedent(USES).encode(), provided)
    remote = Student(workers, loadable, LIMITS, SEED)
    try:
        remote.begin()
        yield remote
    finally:
        remote.close()


def test_a_given_function_is_the_one_that_the_file_imports(given: Student) -> None:
    """It is handed over as it is, in a block or without, and can be called by the check."""
    double = given.given("tools", "double")
    assert given.same(double) is True
    assert given.apply(double, 4) == 8
    with given.program():
        promised = given.given("tools", "double")(3, plus=given.apply(double, 1))
    assert promised.value == 8
    assert told(given.trace)[-1] == "double(3, plus=…)"


def test_what_a_given_function_makes_can_be_handed_on(given: Student) -> None:
    """A generator of NumPy's cannot cross; the promise of one stands for it."""
    with given.program():
        drawn = given.take(given.given("numpy.random", "default_rng")(5))
    assert drawn.value == np.random.default_rng(5).random()


def test_a_function_that_is_not_given(given: Student) -> None:
    """A check that asks for what there is not is told so."""
    given.given("tools", "triple")
    with pytest.raises(StudentError, match="triple"):
        given.sync()


# -- errors --------------------------------------------------------------------------------


def test_an_error_says_what_where_and_in_which_call(faulty: Student) -> None:
    """Type, message, the student's own lines, and the call that was being made."""
    broken = faulty.Faulty(2)
    with pytest.raises(StudentError) as caught:
        broken.work()
    error = caught.value
    assert error.type_name == "ValueError"
    assert "matmul" in error.message
    assert error.frames == ((9, "work"), (12, "help"))
    assert error.line == 12
    assert error.call.endswith("layer.work()")
    assert str(error) == f"ValueError: {error.message}"


def test_an_error_of_the_constructor_comes_with_the_next_answer(faulty: Student) -> None:
    """Making an object waits; what it raises is told instead of what follows from it."""
    broken = faulty.Faulty(0)
    broken.name = "unused"
    with pytest.raises(StudentError) as caught:
        broken.work()
    assert caught.value.type_name == "ZeroDivisionError"
    assert caught.value.call.endswith("Faulty(0)")
    assert caught.value.frames == ((6, "__init__"),)


def test_what_waits_can_be_sent(faulty: Student) -> None:
    """`sync` raises the first error of what has been done so far, and clears it."""
    faulty.Faulty(0)
    with pytest.raises(StudentError, match="ZeroDivisionError"):
        faulty.sync()
    faulty.sync()
    assert faulty.fine() == 1


def test_an_error_outside_the_file_has_no_line(student: Student) -> None:
    """Arguments that do not fit are refused before a line of the student's runs."""
    with pytest.raises(StudentError) as caught:
        student.Counter().add(1, 2, 3, 4)
    assert caught.value.type_name == "TypeError"
    assert (caught.value.frames, caught.value.line) == ((), None)


def test_a_file_that_does_not_load(workers: Workers) -> None:
    """Loading raises what the file raised."""
    remote = Student(workers, Loadable("work", b"x = [\n"), LIMITS)
    with pytest.raises(StudentError) as caught:
        remote.load()
    remote.close()
    assert caught.value.type_name == "SyntaxError"
    assert caught.value.detail["line"] == 1


@pytest.mark.parametrize(
    "account",
    ["5", "{}", "[]", "{'classes': 3}", "{'classes': {'A': 1}, 'functions': []}", "None"],
)
def test_a_forged_account_of_the_module_is_a_crash(workers: Workers, account: str) -> None:
    """A file that tampers with the worker while it is loaded gains a failure."""
    source = (
        "import sys\n"
        f"sys.modules['grader.sandbox.worker.loading'].describe_module = lambda *args: {account}\n"
    )
    remote = Student(workers, Loadable("work", source.encode()), LIMITS)
    with pytest.raises(WorkerFailure) as caught:
        remote.load()
    remote.close()
    assert caught.value.kind == "crashed"


@pytest.mark.parametrize(
    "outcome",
    [
        "5",
        "[]",
        "['ok']",
        "['passed', 1]",
        "['ok', 1, 2]",
        "['raised', 'E', 'm', [], []]",
        "['raised', 5, 'm', [], {'d': []}]",
        "['raised', 'E', None, [], {'d': []}]",
        "['raised', 'E', 'm', [[1]], {'d': []}]",
        "['raised', 'E', 'm', [['1', 'f']], {'d': []}]",
        "['raised', 'E', 'm', [[1, 'f', 2]], {'d': []}]",
    ],
)
def test_a_forged_outcome_is_a_crash(workers: Workers, outcome: str) -> None:
    """An answer that has not the form of an answer is not looked into."""
    source = f"""
        import sys

        def forge():
            sys.modules["grader.sandbox.worker.server"].Server._outcome = lambda *args: {outcome}
    """
    with loaded(workers, source) as student:
        student.forge()
        with pytest.raises(WorkerFailure) as caught:
            student.forge()
        assert caught.value.kind == "crashed"


# -- programs ------------------------------------------------------------------------------


def test_a_program_is_sent_at_its_end(student: Student) -> None:
    """Inside, answers are promises; afterwards they are there, in order."""
    with student.program() as program:
        counter = student.Counter(1)
        first = counter.add(1)
        counter.count = 10
        second, third = counter.add(1), counter.count
        with pytest.raises(RuntimeError, match="before the end"):
            first.value  # noqa: B018
    assert (first.value, second.value, third.value) == (2, 11, 11)
    assert program.first_error is None
    assert counter.add(1) == 12


def test_a_program_runs_on_after_an_error(faulty: Student) -> None:
    """Each promise has its own error; asking for a value raises the first one, the cause."""
    with faulty.program() as program:
        fine = faulty.fine()
        broken = faulty.Faulty(0)
        later = broken.work()
        also_fine = faulty.fine()
    assert (fine.value, also_fine.value) == (1, 1)
    assert fine.error is None
    assert later.error is not None
    assert later.error.type_name == "Missing"
    with pytest.raises(StudentError) as caught:
        later.value  # noqa: B018
    assert caught.value.type_name == "ZeroDivisionError"
    assert program.first_error is not None
    assert program.first_error.type_name == "ZeroDivisionError"


def test_an_answer_is_as_it_was_when_it_was_given(student: Student) -> None:
    """What a later operation of a program does to an array does not change an earlier answer."""
    with student.program():
        counter = student.Counter()
        counter.count = np.ones(3)
        before = counter.count
        counter.add(np.ones(3))
        after = counter.count
    assert np.array_equal(before.value, np.ones(3))
    assert np.array_equal(after.value, 2 * np.ones(3))


def test_programs_do_not_nest(student: Student) -> None:
    """A block inside a block is a mistake of the check's author."""
    with student.program(), pytest.raises(RuntimeError), student.program():
        pass


def test_promises_can_be_arguments(student: Student) -> None:
    """A result that is not here yet is handed over in the worker."""
    with student.program():
        counter = student.Counter(1)
        first = counter.add(4)
        second = counter.add(first)
        counter.count = first
        third = counter.count
    assert (first.value, second.value, third.value) == (5, 10, 5)


def test_kept_promises_can_be_arguments(student: Student) -> None:
    """After the block a promise stands for its value."""
    with student.program():
        counter = student.Counter(1)
        first = counter.add(4)
    assert counter.add(first) == 10


def test_results_that_cannot_cross_can_be_arguments(student: Student) -> None:
    """Inside a program even an object of the student's is handed on."""
    with student.program():
        inner = student.same(student.Counter(4))
        total = student.total(inner, inner)
    assert total.value == 8


def test_an_exception_in_a_program_block_sends_nothing(student: Student) -> None:
    """A check that fails inside a block fails with its own error, and the next block works."""
    with pytest.raises(KeyError), student.program():
        student.Counter(1)
        raise KeyError("the check's own")
    student.begin()
    with student.program():
        count = student.Counter(3).count
    assert count.value == 3


# -- arrays in the worker ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "c_contiguous", "f_contiguous"),
    [("c", True, False), ("fortran", False, True), ("strided", False, False)],
)
def test_array_layouts(
    student: Student, layout: str, c_contiguous: bool, f_contiguous: bool
) -> None:
    """The student's code sees the memory layout that the check asked for."""
    values = np.arange(6.0).reshape(2, 3)
    found = student.layout(student.array(values, layout))
    assert found[:3] == [c_contiguous, f_contiguous, True]
    assert np.array_equal(found[3], values)


def test_arrays_in_the_worker_show_what_was_done_to_them(student: Student) -> None:
    """Code that writes over its input is found out by reading the array again."""
    remote = student.array(np.ones(3))
    assert np.array_equal(student.read(remote), np.ones(3))
    student.spoil(remote)
    assert np.array_equal(student.read(remote), np.zeros(3))


def test_sweeps(student: Student) -> None:
    """A method is called on each entry of a stack in one message."""
    stack = np.arange(6.0).reshape(3, 2)
    counter = student.Counter()
    assert np.array_equal(counter.double.sweep(stack), 2 * stack)
    outputs = counter.add.sweep(np.arange(3), attribute="count", x=np.array([10]))
    assert outputs.ravel().tolist() == [10, 11, 12]
    outputs = counter.moved.sweep(np.arange(3), attribute="kept", key="offset", x=np.array([5]))
    assert outputs.ravel().tolist() == [5, 6, 7]


def test_lines_are_counted(student: Student) -> None:
    """The number of executed lines of the student's file."""
    assert student.Counter().add.count_lines(1) == 2


# -- objects of the judge ------------------------------------------------------------------


@dataclass
class Momentum:
    """An optimizer with a memory, and with a method that is not for students."""

    learning_rate: float = 0.5
    name: str = "momentum"
    _velocity: Any = field(default=0.0, repr=False)
    told: int = 0

    def update(self, w: Any, grad: Any) -> Any:
        """Return the new value of w."""
        if np.shape(w) != np.shape(grad):
            raise ValueError("the gradient does not fit")
        self._velocity = self._velocity + grad
        return w - self.learning_rate * self._velocity

    def expected(self) -> int:
        """Tell what students should not know."""
        self.told += 1
        return 42


@dataclass
class Nested:
    """An object with something in it that can change."""

    values: list[int] = field(default_factory=list)

    def push(self, value: int) -> int:
        """Remember a value; return how many there are."""
        self.values.append(value)
        return len(self.values)


OPTIMIZING = """
    import copy
    import numpy as np

    KEPT = []

    def use(optimizer, w=1.0, grad=2.0):
        return optimizer.update(w, grad)

    def use_by_name(optimizer):
        return optimizer.update(grad=2.0, w=1.0)

    def use_arrays(optimizer):
        w = np.ones((2, 2))
        w[:] = optimizer.update(w, np.full((2, 2), 2.0))
        return w

    def use_copies(optimizer):
        first, second = copy.copy(optimizer), copy.deepcopy(optimizer)
        third = copy.deepcopy(first)
        return [o.update(0.0, 1.0) for o in (first, first, second, third, optimizer)]

    def push_copies(stack):
        stack.push(1)
        other = copy.deepcopy(stack)
        return [other.push(2), other.push(3), stack.push(4)]

    def provoke(optimizer):
        try:
            optimizer.update(np.ones(2), np.ones(3))
        except ValueError as error:
            return f"caught: {error}"

    def show(optimizer):
        return [optimizer.learning_rate, optimizer.name, repr(optimizer)]

    def peek(optimizer):
        return optimizer._velocity

    def steal(optimizer):
        method = type(optimizer.update)
        return method(optimizer._objects, optimizer._exposed.id, "expected")()

    def keep(optimizer):
        KEPT.append(optimizer)
        KEPT.append(copy.copy(optimizer))

    def use_kept(number):
        return KEPT[number].update(1.0, 2.0)

    def bribe(optimizer):
        type(optimizer._own).update = lambda *given: 99.0
        return copy.copy(optimizer).update(1.0, 2.0)

    def is_same(one, other):
        one.mark = getattr(one, "mark", 0) + 1
        return [one is other, other.mark]

    def fine():
        return 1
"""


@pytest.fixture(params=[False, True], ids=["asked", "local"])
def local(request: pytest.FixtureRequest) -> bool:
    """Whether the worker answers for the judge's object, or asks it."""
    return bool(request.param)


@pytest.fixture
def optimizing(workers: Workers) -> Iterator[Student]:
    """A module that uses objects of the judge."""
    with loaded(workers, OPTIMIZING) as remote:
        yield remote


def test_calls_to_an_exposed_object_are_made_and_recorded(optimizing: Student, local: bool) -> None:
    """The real method runs in the judge; its arguments and result can be looked at."""
    real = Momentum()
    optimizer = optimizing.expose(real, "update", local=local)
    assert optimizing.use(optimizer) == 0.0
    assert real._velocity == 2.0
    (call,) = optimizer.calls
    assert (call.number, call.method, call.values) == (optimizer.number, "update", [1.0, 2.0])
    assert call.result == 0.0


def test_arrays_reach_an_exposed_object_as_they_are(optimizing: Student, local: bool) -> None:
    """Arguments are recorded as they were when the call was made, whatever happens later."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    assert np.array_equal(optimizing.use_arrays(optimizer), np.zeros((2, 2)))
    w, grad = optimizer.calls[0].values
    assert np.array_equal(w, np.ones((2, 2)))
    assert np.array_equal(grad, np.full((2, 2), 2.0))


def test_arguments_by_name_are_recorded_in_the_methods_order(
    optimizing: Student, local: bool
) -> None:
    """A check that looks at the first value sees `w`, however the student's code passed it."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    assert optimizing.use_by_name(optimizer) == 0.0
    assert optimizer.calls[0].values == [1.0, 2.0]


def test_copies_have_numbers_and_state_of_their_own(optimizing: Student, local: bool) -> None:
    """Copies are made where the object is; all their calls are recorded with the original's."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    assert optimizing.use_copies(optimizer) == [-0.5, -1.0, -0.5, -0.5, -0.5]
    first, again, second, third, original = [call.number for call in optimizer.calls]
    assert first == again
    assert original == optimizer.number
    assert len({first, second, third, original}) == 4


def test_copies_share_nothing_that_changes(optimizing: Student) -> None:
    """A copy of an object with a list in it has a list of its own."""
    real = Nested()
    stack = optimizing.expose(real, "push")
    assert optimizing.push_copies(stack) == [2, 3, 2]
    assert real.values == [1, 4]


def test_an_error_of_an_exposed_object_can_be_caught(optimizing: Student, local: bool) -> None:
    """A ValueError of the real method is one in the student's code, with its text."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    message = optimizing.provoke(optimizer)
    assert message.startswith("caught: ")
    assert "does not fit" in message
    assert len(optimizer.calls) == 1


def test_an_error_of_an_exposed_object_is_an_error_of_the_call(
    optimizing: Student, local: bool
) -> None:
    """Not caught, it ends the student's function at its own line; nobody crashes."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    with pytest.raises(StudentError) as caught:
        optimizing.use(optimizer, None, np.ones(2))
    assert caught.value.type_name == "ValueError"
    assert caught.value.frames == ((8, "use"),)
    assert optimizing.fine() == 1


def test_an_exposed_object_shows_its_plain_attributes(optimizing: Student, local: bool) -> None:
    """Public numbers and texts are there to be read, and its type's name."""
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    learning_rate, name, shown = optimizing.show(optimizer)
    assert (learning_rate, name) == (0.5, "momentum")
    assert "Momentum" in shown


def test_private_attributes_are_not_shown(optimizing: Student, local: bool) -> None:
    """What begins with an underscore is missing, with the error of the real class."""
    with pytest.raises(StudentError) as caught:
        optimizing.peek(optimizing.expose(Momentum(), "update", local=local))
    assert caught.value.type_name == "AttributeError"
    assert "Momentum" in caught.value.message


def test_only_exposed_methods_run(optimizing: Student, local: bool) -> None:
    """A forged call of another method never reaches the object."""
    real = Momentum()
    with pytest.raises((StudentError, WorkerFailure)):
        optimizing.steal(optimizing.expose(real, "update", local=local))
    assert real.told == 0


def test_an_exposed_object_is_one_object(optimizing: Student, local: bool) -> None:
    """Who remembers what it was given, or keeps something on it, finds it again."""
    one, other = (optimizing.expose(Momentum(), "update", local=local) for _ in range(2))
    assert optimizing.is_same(one, one) == [True, 1]
    assert optimizing.is_same(one, one) == [True, 2]
    with pytest.raises(StudentError):
        optimizing.is_same(one, other)
    optimizing.begin()
    assert optimizing.is_same(*[optimizing.expose(Momentum(), "update", local=local)] * 2)[1] == 1


def test_an_object_of_an_earlier_check_is_not_the_new_one(optimizing: Student, local: bool) -> None:
    """A module that keeps an optimizer in a global uses the old one, not that of this check."""
    optimizing.keep(optimizing.expose(Momentum(), "update", local=local))
    optimizing.begin()
    optimizer = optimizing.expose(Momentum(), "update", local=local)
    with contextlib.suppress(StudentError):
        optimizing.use_kept(0)
    assert optimizer.calls == []


@pytest.mark.parametrize("number", [0, 1], ids=["object", "copy"])
def test_an_object_of_an_earlier_check_is_no_crash(
    optimizing: Student, local: bool, number: int
) -> None:
    """A kept optimizer may be of no use any more, but the worker does not die of it."""
    optimizing.keep(optimizing.expose(Momentum(), "update", local=local))
    optimizing.begin()
    with contextlib.suppress(StudentError):
        optimizing.use_kept(number)
    assert optimizing.fine() == 1


def test_both_ways_of_answering_come_to_the_same(workers: Workers) -> None:
    """Values, records and copies are the same whether the worker answers or asks."""
    came = []
    for local in (False, True):
        with loaded(workers, OPTIMIZING) as student:
            optimizer = student.expose(Momentum(), "update", local=local)
            with student.program():
                answers = [
                    student.use_copies(optimizer),
                    student.use_arrays(optimizer),
                    student.provoke(optimizer),
                    student.use_by_name(optimizer),
                    student.use(optimizer, np.float32(1), [2.0]),
                    student.use(optimizer, np.asfortranarray(np.ones((2, 3))), np.ones((2, 3))),
                ]
            seen = [(answer.error and str(answer.error)) or answer.value for answer in answers]
            calls = [[call.number, *call.values, call.result] for call in optimizer.calls]
            came.append(repr([seen, calls]))
    assert came[0] == came[1]


def test_what_the_student_does_to_its_own_object_counts_for_nothing(workers: Workers) -> None:
    """The result of a call is what the judge's object gives for the arguments."""
    with loaded(workers, OPTIMIZING) as student:
        optimizer = student.expose(Momentum(), "update", local=True)
        assert student.bribe(optimizer) == 99.0
        assert [call.result for call in optimizer.calls] == [0.0]


def test_an_object_with_more_than_plain_attributes_is_not_local(student: Student) -> None:
    """The author of a check is told, before anything is sent."""
    with pytest.raises(ValueError, match="cannot be given"):
        student.expose(Nested(), "push", local=True)


# -- checks after one another --------------------------------------------------------------


def test_a_new_check_forgets_the_objects(student: Student) -> None:
    """An instance of the check before is gone; the module's state is not."""
    counter = student.Counter(1)
    assert counter.count == 1
    student.begin()
    with pytest.raises(StudentError) as caught:
        counter.count  # noqa: B018
    assert caught.value.type_name == "Missing"
    assert student.Counter(2).count == 2


def test_a_new_check_draws_the_same_numbers(student: Student) -> None:
    """NumPy's global generator begins anew, with the seed of the run."""
    first = student.draw(3)
    assert not np.array_equal(student.draw(3), first)
    student.begin()
    assert np.array_equal(student.draw(3), first)
    assert np.array_equal(first, np.random.RandomState(SEED).random_sample(3))


def test_a_check_can_seed(student: Student) -> None:
    """Draws follow the seed that a check has set."""
    student.seed(7)
    assert np.array_equal(student.draw(4), np.random.RandomState(7).random_sample(4))


def test_only_the_seed_that_counts_is_sent(student: Student) -> None:
    """A seed that nothing follows, or another seed, is no step."""
    student.begin()
    student.seed(1)
    student.seed(7)
    student.draw(1)
    student.seed(8)
    assert [str(s) for s in student.trace] == ["np.random.seed(7)", "np.random.random_sample(1)"]


def test_a_lost_worker_is_replaced_in_the_next_check(faulty: Student) -> None:
    """Within the check everything fails; the next one has a new worker with the module in it."""
    with pytest.raises(WorkerFailure):
        faulty.leave()
    with pytest.raises(WorkerFailure):
        faulty.fine()
    faulty.begin()
    assert faulty.fine() == 1


def test_nothing_is_left_of_a_check_that_was_cut_short(student: Student) -> None:
    """What waited to be sent when a check ended is not sent in the next one."""
    student.Counter(no_such_argument=1)
    student.begin()
    student.sync()
    assert student.Counter(1).add(1) == 2


def test_a_student_that_was_never_loaded_can_be_closed(workers: Workers) -> None:
    """There is nothing to show and nothing to end."""
    remote = Student(workers, Loadable("work", b""), LIMITS)
    assert remote.take_output() == ""
    remote.close()


# -- class methods, and classes of the judge's ---------------------------------------------


def test_class_methods_are_called_on_the_class(student: Student) -> None:
    """What one returns crosses like any value, or is an instance to go on working with."""
    given = {"start": 4, "name": "four"}
    assert student.Counter.from_dict(given) == Opaque("work.Counter")
    counter = student.Counter.from_dict.make(given)
    assert (counter.name, counter.add(3)) == ("four", 7)
    assert told(student.trace)[1] == f"layer = Counter.from_dict({given})"


def test_a_class_method_that_fails_is_named_in_the_error(student: Student) -> None:
    """The failure comes with the next answer, as a constructor's does."""
    counter = student.Counter.from_dict.make({"begin": 4})
    with pytest.raises(StudentError) as caught:
        counter.add()
    assert caught.value.call == "Counter.from_dict({'begin': 4})"
    assert caught.value.step is not None
    assert caught.value.step.function == "from_dict"


def test_functions_make_instances_too(student: Student) -> None:
    """What a function of the module returns can be worked with."""
    counter = student.Counter(2)
    assert student.same.make(counter).add(1) == 3
    assert counter.count == 3


DOUBLE = """
    class Double(student.Counter):
        def add(self, amount=1):
            return super().add(2 * amount)

        def twice(self):
            return np.array([2 * self.count])

    def kind(counter):
        return type(counter).__mro__[1].__name__
"""


def test_the_judge_derives_classes_from_the_students(student: Student) -> None:
    """Source of the judge's runs in the worker, with the student's module at hand."""
    ours = student.define(DOUBLE)
    double = ours.Double(3)
    assert double.add(1) == 5
    assert double.twice().tolist() == [10]
    assert double.half == 2.5
    assert ours.kind(double) == "Counter"
    assert ours.Double.from_dict.make({"start": 7}).twice().tolist() == [14]


def test_what_could_not_be_made_is_not_an_object_of_an_earlier_check(
    student: Student,
) -> None:
    """Numbers of objects begin anew with each check; what fails leaves nothing under its own."""
    student.Counter(7).add()
    student.begin()
    with student.aside(), student.program():
        counter = student.Counter(unknown=1)
        count = counter.count
    assert count.error is not None
    assert count.error.type_name == "Missing"


def test_definitions_go_with_a_program(student: Student) -> None:
    """They can be used in the block that they are made in, and are forgotten with the rest."""
    with student.program():
        ours = student.define(DOUBLE)
        added, kind = ours.Double(1).add(1), ours.kind(student.Counter())
    assert (added.value, kind.value) == (3, "object")
    student.begin()
    student.Counter()
    with pytest.raises(StudentError):
        ours.kind(student.Counter())


def test_a_definition_that_does_not_fit_the_students_file(faulty: Student) -> None:
    """What it needs of the student's module may be missing: that is the student's failure."""
    ours = faulty.define(DOUBLE)
    with pytest.raises(StudentError) as caught:
        ours.Double(3).add(1)
    assert "no attribute 'Counter'" in caught.value.message
    assert caught.value.call == "class Double(student.Counter): ..."


# -- traces --------------------------------------------------------------------------------


def told(steps: list[Step]) -> list[str]:
    """The steps that reports show, as text."""
    return [str(step) for step in steps if isinstance(step, Named)]


def test_the_trace_reads_like_source(optimizing: Student) -> None:
    """What was done can be read as lines of Python, with large arrays left out."""
    optimizer = optimizing.expose(Momentum(), "update")
    optimizing.use(optimizer, np.zeros(2), grad=np.array([1.0, 2.0]))
    with contextlib.suppress(StudentError):
        optimizing.use(optimizer, np.zeros((3, 4)), "text")
    assert told(optimizing.trace) == [
        "use(optimizer, [0.0, 0.0], grad=[1.0, 2.0])",
        "use(optimizer, an array of shape (3, 4), 'text')",
    ]


def test_the_trace_names_objects(student: Student) -> None:
    """Instances are called layer, layer2 and so on; attributes and results are as in source."""
    one = student.Counter(1, name="x")
    other = student.Counter()
    one.count = 5
    other.add(one.count)
    student.total(one, other)
    made, made_too, *rest = told(student.trace)
    assert made.endswith("Counter(1, name='x')")
    assert made_too.endswith("Counter()")
    assert rest == [
        "layer.count = 5",
        "layer.count",
        "layer2.add(5)",
        "total(layer, layer2)",
    ]
    results = [s.result for s in student.trace if isinstance(s, Call | GetAttribute)]
    assert results == [5, 5, 10]


def test_promises_in_the_trace(student: Student) -> None:
    """A result that was not known yet is shown as something left out."""
    with student.program():
        counter = student.Counter()
        counter.add(counter.count)
    assert told(student.trace)[-1] == "layer.add(…)"


def test_objects_and_promises_go_in_lists(student: Student) -> None:
    """By reference, as they do alone; the trace names them, and a changed array is noticed."""
    with student.program():
        student.watch()
        counter = student.Counter(1)
        array = student.array(np.ones(2))
        summed = student.gathered([counter, [student.total(counter)]], (array,))
        left = student.left()
    assert summed.value == 1 + 1 + 2
    assert left.value == [["gathered", "argument"]]
    shown = told(student.trace)
    assert shown[-1] == "gathered([layer, […]], (array4,))"


def test_every_step_can_be_read(optimizing: Student) -> None:
    """Steps that belong to no object of the student's are not shown as methods of None."""
    optimizer = optimizing.expose(Momentum(), "update")
    remote = optimizing.array(np.ones(2))
    optimizing.read(remote)
    optimizing.draw(1)
    optimizing.use(optimizer)
    shown = [str(step) for step in optimizing.trace]
    assert [text for text in shown if "None." in text or ".(" in text] == []


def test_beginning_twice_forgets_as_well(faulty: Student) -> None:
    """An object that could not be made is not taken for an older one in its place."""
    assert faulty.Faulty(2).size == 0.5
    faulty.begin()
    faulty.begin()
    with faulty.program():
        size = faulty.Faulty(0).size
    assert size.error is not None
    assert size.error.type_name == "Missing"


def test_a_new_check_has_a_new_trace(student: Student) -> None:
    """The steps of the check before are not in it."""
    assert student.Counter().add() == 1
    student.begin()
    assert told(student.trace) == []


def test_what_is_untraced_is_done_all_the_same(student: Student) -> None:
    """A block that only helps to judge leaves no steps."""
    counter = student.Counter(1)
    before = list(student.trace)
    with student.untraced():
        assert counter.add(1) == 2
    assert student.trace == before
    assert counter.count == 2


def test_exposures_stand_for_the_real_object() -> None:
    """An exposure knows the object it stands for, and has no calls at first."""
    real = Momentum()
    exposure = Exposure(real, 3, ("update",))
    assert exposure.real is real
    assert exposure.calls == []
    assert exposure.on_wire().attributes == {"learning_rate": 0.5, "name": "momentum", "told": 0}


def test_an_answer_can_be_looked_at_again(workers: Workers) -> None:
    """An array that a later call changes is seen as it was, and as it is."""
    source = """
        import numpy as np
        given = np.zeros(2)
        def give():
            return given
        def change():
            given[:] = 7
    """
    with loaded(workers, source) as student:
        with student.program():
            answer = student.give()
            student.change()
            now = student.again(answer)
        assert answer.value.tolist() == [0, 0]
        assert now.value.tolist() == [7, 7]


# -- what is asked for without a verdict -----------------------------------------------------

TELLING = """
    class Unknown(ValueError):
        pass

    Impostor = type("ValueError", (Exception,), {})

    def refuse(kind):
        raise {"own": Unknown, "usual": UnicodeError, "impostor": Impostor, "other": KeyError}[kind]

    def tell():
        print("told")
"""


@pytest.fixture
def telling(workers: Workers) -> Iterator[Student]:
    """A file that raises and prints."""
    with loaded(workers, TELLING) as remote:
        yield remote


@pytest.mark.parametrize(
    ("kind", "is_value_error"),
    [("own", True), ("usual", True), ("impostor", False), ("other", False)],
)
def test_what_an_exception_is_derived_from(
    telling: Student, kind: str, is_value_error: bool
) -> None:
    """Python's own classes and what is derived from them; a name alone is not enough."""
    with pytest.raises(StudentError) as caught:
        telling.refuse(kind)
    assert caught.value.is_a(ValueError) is is_value_error
    assert caught.value.is_a(Exception)


def test_what_is_printed_can_be_looked_at(telling: Student) -> None:
    """It is still there for the session, which takes it at the end of a check."""
    assert telling.printed == ""
    telling.tell()
    assert telling.printed == "told\n"
    assert telling.take_output() == "told\n"
    assert telling.printed == ""
