"""The baseline: a problem's checks run by ordinary pytest, with the student's file in it.

The same ``checks.py``, the same seed and so the same examples, in one fresh process and without
any isolation: no worker, no channel, no record of what was called, no report. hypothesis draws
and, where a check fails, shrinks the examples by itself. What the checks expect of the student's
module is supplied by :class:`Student` below, as thinly as the checks allow.

    python benchmarks/plain.py FILE [--no-explain] [--problem SLUG]

The exit code is pytest's.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import functools
import importlib
import os
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import Phase

from grader.checks import CheckFailed, Exposure, Opaque, StudentError, seeds
from grader.checks.hypothesis_private import no_local_constants
from grader.model.problem import Library, Problem
from grader.remote.steps import ExposureCall
from grader.sandbox.worker.leftovers import Leftovers

# -- values ------------------------------------------------------------------------------


def crossed(value: Any) -> Any:
    """Return what the other side gets to see of ``value``: a copy of arrays, plain data as is."""
    if isinstance(value, np.ndarray):
        return np.array(value) if value.dtype.kind in "biufc" else Opaque(type(value).__name__)
    if value is None or isinstance(value, bool | int | float | complex | str | np.generic):
        return value
    if type(value) in (list, tuple):
        return type(value)([crossed(item) for item in value])
    if type(value) is dict:
        return {key: crossed(item) for key, item in value.items()}
    return Opaque(type(value).__name__)


class MissingError(Exception):
    """An operation needs what an earlier, failed one should have made."""


@dataclass(slots=True)
class Batch:
    """Operations that are answered together."""

    first_error: StudentError | None = None


@dataclass(slots=True)
class Answer:
    """What an operation gave."""

    batch: Batch
    result: Any = None
    error: StudentError | None = None
    call: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call what was read: an attribute of an instance that is not a method of its class."""
        if self.call is None:
            raise TypeError("the answer of a call cannot be called")
        return self.call(*args, **kwargs)

    @property
    def value(self) -> Any:
        """The result; raises the batch's first error if there is none."""
        if self.error is not None:
            raise self.batch.first_error or self.error
        return self.result


# -- the student's objects ---------------------------------------------------------------


class Handed:
    """An object of the checks in the student's hands: its calls are recorded, copies numbered."""

    _parts: tuple[Student, Exposure, int, Any]

    def __init__(self, student: Student, exposure: Exposure, number: int, real: Any) -> None:
        shown = {k: v for k, v in vars(real).items() if type(v) in (bool, int, float, str)}
        self.__dict__.update({k: v for k, v in shown.items() if not k.startswith("_")})
        for method in exposure.methods:
            self.__dict__[method] = functools.partial(self._call, method)
        self.__dict__["_parts"] = (student, exposure, number, real)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        if name in vars(self._parts[3]):
            setattr(self._parts[3], name, value)

    def _call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        _, exposure, number, real = self._parts
        args, kwargs = crossed(args), crossed(kwargs)
        call = ExposureCall(number, method, [*args, *kwargs.values()])
        exposure.calls.append(call)
        try:
            call.result = getattr(real, method)(*args, **kwargs)
        except Exception as error:
            raise ValueError(f"{type(real).__name__}.{method}: {error}") from error
        return crossed(call.result)

    def __copy__(self) -> Handed:
        student, exposure, _, real = self._parts
        student.copies += 1
        return Handed(student, exposure, -student.copies, copy.deepcopy(real))

    def __deepcopy__(self, memo: dict[int, Any]) -> Handed:
        return self.__copy__()


class Wrapped:
    """An object of the student's; what it does is an operation."""

    __slots__ = ("_inside", "_methods", "_student")

    def __init__(self, student: Student, inside: Answer, methods: frozenset[str]) -> None:
        object.__setattr__(self, "_student", student)
        object.__setattr__(self, "_inside", inside)
        object.__setattr__(self, "_methods", methods)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._methods:
            return Method(self._student, self._inside, name)
        inside = self._inside
        found = self._student.perform(lambda: getattr(_present(inside), name))
        if isinstance(found, Answer):
            found.call = Method(self._student, inside, name)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        inside, student = self._inside, self._student
        student.enqueue(lambda: setattr(_present(inside), name, student.localized(value)))


def _present(answer: Answer) -> Any:
    if answer.error is not None:
        raise MissingError("not made, because an earlier call failed")
    return answer.result


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the student's."""

    student: Student
    inside: Answer
    name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.student.perform(self._bound(args, kwargs))

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any]:
        localized = self.student.localized
        positional = [localized(arg) for arg in args]
        named = {key: localized(value) for key, value in kwargs.items()}

        def run() -> Any:
            function = getattr(_present(self.inside), self.name)
            watching = self.student._leftovers
            if watching is None:
                return function(*positional, **named)
            return watching.call(self.name, function, positional, named)

        return run

    def sweep(self, stack: Any, *, attribute: str | None = None, x: Any = None) -> Any:
        """Call it once per entry of ``stack``, or with each entry as ``attribute``."""

        def run() -> Any:
            inside = _present(self.inside)
            function = getattr(inside, self.name)
            outputs = []
            for entry in stack:
                if attribute is None:
                    outputs.append(function(entry.copy()))
                else:
                    setattr(inside, attribute, entry.copy())
                    outputs.append(function(x.copy()))
            return np.stack(outputs)

        return self.student.perform(run)

    def count_lines(self, *args: Any) -> Any:
        """Call it and count the lines of the student's file that are executed."""
        call, filename = self._bound(args, {}), self.student.filename
        lines = 0

        def trace(frame: types.FrameType, event: str, _: object) -> Any:
            nonlocal lines
            lines += event == "line" and frame.f_code.co_filename == filename
            return trace

        def run() -> int:
            before = sys.gettrace()
            sys.settrace(trace)
            try:
                call()
            finally:
                sys.settrace(before)
            return lines

        return self.student.perform(run)


@dataclass(frozen=True, slots=True)
class Given:
    """A function that students are given."""

    student: Student
    real: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.student.perform(lambda: self.real(*args, **kwargs))


@dataclass(frozen=True)
class Kind:
    """A class of the student's."""

    student: Student
    real: type
    methods: frozenset[str] = field(init=False)
    bases: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = [name for name in dir(self.real) if not name.startswith("__")]
        callables = frozenset(n for n in names if callable(getattr(self.real, n, None)))
        object.__setattr__(self, "methods", callables)
        object.__setattr__(self, "bases", tuple(base.__name__ for base in self.real.__mro__[1:-1]))

    def __call__(self, *args: Any, **kwargs: Any) -> Wrapped:
        """Make an instance."""
        localized = self.student.localized
        positional = [localized(arg) for arg in args]
        named = {key: localized(value) for key, value in kwargs.items()}
        make = functools.partial(self.real, *positional, **named)
        made = self.student.enqueue(make, keep=True)
        return Wrapped(self.student, made, self.methods)


class Student:
    """The student's module, in this very process; see :class:`grader.remote.student.Student`.

    Operations are done at once. As with the worker, those without an answer raise with the next
    one that has an answer, and within a block of :meth:`program` nothing raises.
    """

    def __init__(self, module: types.ModuleType, seed: int) -> None:
        self.filename = str(module.__file__)
        self.copies = 0
        self.trace: list[Any] = []  # stays empty: nothing is shown that it could explain
        self._module = Answer(Batch(), module)
        self.usual_seed = seed
        self._exposed = 0
        self._batch = Batch()
        self._in_block = False
        self._leftovers: Leftovers | None = None
        members = vars(module).items()
        self._kinds = {name: Kind(self, kind) for name, kind in members if isinstance(kind, type)}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._kinds[name] if name in self._kinds else Method(self, self._module, name)

    def begin(self) -> None:
        """Start a check or an example."""
        self._batch, self._in_block, self._exposed = Batch(), False, 0
        self._leftovers = None
        np.random.seed(self.usual_seed)

    def note(self, text: str) -> None:
        """Take a remark for the report; there is none here."""

    def seed(self, number: int) -> None:
        """Seed NumPy's global generator."""
        np.random.seed(number)

    def draw(self, count: int) -> Any:
        """Draw from NumPy's global generator."""
        return self.perform(lambda: np.random.random_sample(count))

    def given(self, module: str, name: str) -> Given:
        """Return a function of a module that is no student's."""
        return Given(self, getattr(importlib.import_module(module), name))

    def expose(self, real: Any, *methods: str, local: bool = False) -> Exposure:
        """Return ``real`` as something to hand to the student, whose calls are recorded."""
        self._exposed += 1
        return Exposure(real, self._exposed, methods)

    def array(self, values: Any, layout: str = "c") -> Answer:
        """Make an array of the given memory layout, to be looked at again with :meth:`read`."""
        if layout == "strided":
            wide = np.zeros((*values.shape[:-1], 2 * values.shape[-1]), values.dtype)
            wide[..., ::2] = values
            return Answer(self._batch, wide[..., ::2])
        return Answer(self._batch, values.copy(order="F" if layout == "fortran" else "C"))

    def read(self, made: Answer) -> Any:
        """Return the present value of an array made by :meth:`array`."""
        return self.perform(lambda: made.result)

    def watch(self) -> None:
        """Watch what calls leave behind."""
        self._leftovers = Leftovers()

    def left(self) -> Any:
        """Return what they have left behind."""
        watched, self._leftovers = self._leftovers, None
        return self.perform(lambda: watched.found() if watched else [])

    def again(self, answer: Answer) -> Any:
        """Return what an earlier answer is by now."""
        return self.read(answer)

    @contextlib.contextmanager
    def program(self) -> Iterator[None]:
        """Let the operations in the block return an :class:`Answer` each."""
        self._in_block = True
        try:
            yield
        finally:
            self._in_block = False
            self._batch = Batch()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Do what is in the block apart from what is being done."""
        before = self._batch, self._in_block
        self._batch, self._in_block = Batch(), False
        try:
            yield
        finally:
            self._batch, self._in_block = before

    @contextlib.contextmanager
    def untraced(self) -> Iterator[None]:
        """Do what is in the block; no trace is kept here anyway."""
        yield

    def localized(self, value: Any) -> Any:
        """Return what the student's code is given for ``value``."""
        if isinstance(value, Exposure):
            return Handed(self, value, value.number, value.real)
        if isinstance(value, Given):
            return value.real
        return _present(value) if isinstance(value, Answer) else crossed(value)

    def enqueue(self, operation: Callable[[], Any], *, keep: bool = False) -> Answer:
        """Do an operation; remember, rather than raise, what it raises."""
        answer = Answer(self._batch)
        try:
            result = operation()
            answer.result = result if keep else crossed(result)
        except (Exception, SystemExit) as error:
            answer.error = self._explained(error)
            self._batch.first_error = self._batch.first_error or answer.error
        return answer

    def perform(self, operation: Callable[[], Any]) -> Any:
        """Do an operation and return its answer; raise what it or one before it raised."""
        answer = self.enqueue(operation)
        if self._in_block:
            return answer
        batch, self._batch = self._batch, Batch()
        if batch.first_error is not None:
            raise batch.first_error
        return answer.result

    def _explained(self, error: BaseException) -> StudentError:
        frames, walker = [], error.__traceback__
        while walker is not None:
            code = walker.tb_frame.f_code
            if code.co_filename == self.filename:
                frames.append((walker.tb_lineno, code.co_name))
            walker = walker.tb_next
        return StudentError(type(error).__name__, str(error), frames)


def load(problem: Problem, path: Path, name: str) -> types.ModuleType:
    """Run a file as a module that finds the problem's predefined names."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    for local, origin, attribute in problem.provided_names:
        __import__(origin)
        found = sys.modules[origin]
        setattr(module, local, getattr(found, attribute) if attribute else found)
    sys.modules[name] = module
    exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    return module


# -- pytest ------------------------------------------------------------------------------


class Trial:
    """What the fixtures share: the problem, the file, and what has been made of them."""

    def __init__(self, problem: Problem, path: Path) -> None:
        self.problem = problem
        self.path = path
        self.seed = problem.settings.seed
        self.begin: Callable[[], None] = lambda: None
        self.waivers: list[tuple[str, tuple[str, ...], BaseException]] = []
        self._groups: dict[str, str] = {}
        self._reports: dict[str, pytest.TestReport] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the marker of checks known, and this object to the fixtures."""
        config.addinivalue_line("markers", "check(group, title, weight): a graded check")
        config.stash[_TRIAL] = self

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let each ``@given`` check draw what the grader draws, and start each example anew."""
        for item in items:
            self._groups[item.nodeid] = item.get_closest_marker("check").kwargs["group"]  # type: ignore[union-attr]
        tests = {item.obj for item in items if isinstance(item, pytest.Function)}
        for test in filter(hypothesis.is_hypothesis_test, tests):
            hypothesis.seed(self.seed)(test)
            test.hypothesis.inner_test = self._beginning(test.hypothesis.inner_test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what came of a check."""
        if report.when == "call":
            self._reports[report.nodeid] = report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the checks that left a failure to groups that have none."""
        terminal: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        stats = terminal.stats
        failed = {self._groups[name] for name, report in self._reports.items() if report.failed}
        for name, to, error in self.waivers:
            report = self._reports[name]
            if report.passed and failed.isdisjoint(to):
                report.outcome, report.longrepr = "failed", str(error)
                stats["passed"].remove(report)
                stats.setdefault("failed", []).append(report)
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _beginning(self, body: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(body)
        def begin_and_run(*args: Any, **kwargs: Any) -> None:
            self.begin()
            body(*args, **kwargs)

        return begin_and_run


_TRIAL = pytest.StashKey[Trial]()


@pytest.fixture(scope="session")
def student(pytestconfig: pytest.Config) -> Student:
    """The student's module."""
    trial = pytestconfig.stash[_TRIAL]
    student = Student(load(trial.problem, trial.path, "submission"), seeds.number())
    trial.begin = student.begin
    return student


@pytest.fixture(autouse=True)
def _begin(student: Student) -> None:
    student.begin()


@pytest.fixture(scope="session")
def reference(pytestconfig: pytest.Config) -> types.ModuleType:
    """The reference solution's module."""
    problem = pytestconfig.stash[_TRIAL].problem
    return load(problem, problem.reference_path, "reference")


@pytest.fixture(scope="session")
def expected(pytestconfig: pytest.Config) -> Any:
    """The contents of ``expected.json``."""
    return pytestconfig.stash[_TRIAL].problem.expected


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run."""
    return pytestconfig.stash[_TRIAL].seed


@pytest.fixture(scope="session")
def once(student: Student) -> Once:
    """Make a value once and share it between checks; failures too."""
    return Once(student)


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], list[Any]]:
    """Say which values hypothesis is going to draw; here that is not known."""
    return lambda argument: []


@pytest.fixture(scope="session")
def waived(pytestconfig: pytest.Config) -> Callable[..., contextlib.AbstractContextManager[None]]:
    """Leave a failure to other groups; see :func:`grader.judge.fixtures.waived`."""
    trial = pytestconfig.stash[_TRIAL]

    @contextlib.contextmanager
    def waive(to: str | tuple[str, ...]) -> Iterator[None]:
        try:
            yield
        except (CheckFailed, StudentError) as error:
            name = os.environ["PYTEST_CURRENT_TEST"].removesuffix(" (call)")
            trial.waivers.append((name, (to,) if isinstance(to, str) else to, error))

    return waive


class Once:
    """Makes a value once; see :class:`grader.checks.memo.Once`."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self._kept: dict[Any, tuple[Any, StudentError | None]] = {}

    def __call__(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what is kept for ``key``, or make it; random numbers begin anew in both cases."""
        try:
            return self._get(key, make)
        finally:
            self._student.seed(self._student.usual_seed)

    def fact(self, key: Any, make: Callable[[], Any]) -> Any:
        """As a call, but random numbers go on as if nothing had been made."""
        state = np.random.get_state()
        try:
            return self._get(key, make)
        finally:
            np.random.set_state(state)

    def _get(self, key: Any, make: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._student.seed(self._student.usual_seed)
            with self._student.aside():
                try:
                    self._kept[key] = (make(), None)
                except StudentError as failure:
                    self._kept[key] = (None, failure)
        value, error = self._kept[key]
        if error is not None:
            raise error
        return value

    def each(self, name: str, keys: Any, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return a function that gives ``make(key)``, made once."""
        return lambda key: self((name, key), lambda: make(key))


_LASTING = contextlib.ExitStack()


def use_hypothesis(*, explain: bool) -> None:
    """Set hypothesis to what the grader uses, except that it works as it always does."""
    hypothesis.settings.register_profile(
        "plain",
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[phase for phase in Phase if explain or phase is not Phase.explain],
    )
    hypothesis.settings.load_profile("plain")
    # As in the grader, what is drawn must not depend on which source files are about.
    _LASTING.enter_context(no_local_constants())


def main() -> int:
    """Run the checks on one file."""
    parser = argparse.ArgumentParser(description="Run a problem's checks by plain pytest.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--problem", default="dense")
    parser.add_argument("--no-explain", action="store_true", help="leave out hypothesis' explain")
    options = parser.parse_args()
    problem = Library.find().load(options.problem)
    sys.path.insert(0, str(problem.provided_folder))
    arguments = [
        str(problem.checks_path),
        f"--rootdir={problem.folder}",
        f"--config-file={os.devnull}",
        "-pno:cacheprovider",  # leave no folder behind in the problem
    ]
    trial = Trial(problem, options.file.resolve())
    use_hypothesis(explain=not options.no_explain)
    with seeds.session(trial.seed):
        return int(pytest.main(arguments, plugins=[sys.modules[__name__], trial]))


if __name__ == "__main__":
    sys.exit(main())
