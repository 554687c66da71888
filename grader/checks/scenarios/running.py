"""A scenario: what is done with a submission, and with the reference, and what is seen of both."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import msgspec
import numpy as np

from grader.checks import gradients, seeds
from grader.checks.closeness import is_close
from grader.checks.expect import CheckFailed
from grader.checks.memo import Once
from grader.checks.scenarios.cases import Case, Changed
from grader.checks.scenarios.compare import as_numpy, expect_same, resolved, taken_apart
from grader.checks.scenarios.observations import Observation, observations_of, used_by
from grader.remote.steps import StudentError
from grader.remote.student import Student

Seen = dict[str, list[Any]]
"""Values by the name of their observation, in order of time."""
Function = Callable[[Any, Any], Generator[tuple[Any, Any], None, None]]
Waived = Callable[..., AbstractContextManager[None]]

MEASURED_RTOL, MEASURED_ATOL = 1e-5, 1e-6
"""What finite steps in a curve leave of a gradient."""


class Slope(msgspec.Struct, frozen=True):
    """An observation that is the gradient of another one.

    Attributes:
        of: The observation whose values are differentiated.
        wrt: The array of the case with respect to which.
        upstream: The array of the case that is the gradient of the loss with respect to ``of``;
            empty for 1, where ``of`` is a number.
    """

    of: str
    wrt: str
    upstream: str

    def loss(self, value: Any, case: Any) -> Any:
        """``sum(of * upstream)``.

        Raises:
            ValueError: They have different shapes.
        """
        if not self.upstream:
            return np.sum(value)
        upstream = getattr(case, self.upstream)
        if np.shape(value) != np.shape(upstream):  # what is broadcast may be of any size
            raise ValueError("the upstream gradient has another shape than the output")
        return np.sum(value * upstream)


class Bench(msgspec.Struct, frozen=True):
    """What a generated check is given: the submission and the reference, and what checks share."""

    student: Student
    reference: Any
    once: Once
    drawn: Callable[[str], list[Any]]
    waived: Waived


class Scenario:
    """What is done with a submission, for cases of one class.

    Attributes:
        observations: What it yields.
        line: Where it is declared.
        arrays: The parts of a case that it may use and that are arrays.
        slopes: Those observations that are gradients, by name.
        needs: Observations that have to be right for another one to be, by its name.
        fresh: Whether it needs an instance of its own each time.
    """

    def __init__(
        self, function: Function, cases: type[Case], unit: Callable[[Any], float] | None
    ) -> None:
        self.function, self.cases = function, cases
        self.name = getattr(function, "__name__", "scenario")
        self.observations = observations_of(function)
        self.line = function.__code__.co_firstlineno
        known = {*cases()._chosen, *cases._arrays}
        self.arrays = used_by(function, list(cases._arrays), known)
        self.slopes: dict[str, Slope] = {}
        self.needs: dict[str, list[tuple[Scenario, str]]] = {}
        self.fresh = False
        self.strategy = cases.strategy()
        self._unit = unit or (lambda case: min(1.0, case._scale))
        self._right: dict[Any, Any] = {}
        self._keys: list[Any] = []

    @property
    def names(self) -> list[str]:
        """Of the observations, in order, each once."""
        return list(dict.fromkeys(each.name for each in self.observations))

    def named(self, name: str) -> Observation:
        """The first observation of a name."""
        return next(each for each in self.observations if each.name == name)

    # -- doing it ------------------------------------------------------------------------------

    def run(self, module: Any, case: Any, until: str = "") -> Seen:
        """Do it with a module: in a program block for the student's, whose values are promises.

        Args:
            until: An observation behind which nothing is done any more.
        """
        return dict(_collected(self.function(module, case), until))

    def right(self, reference: Any, case: Any, key: Any = None, until: str = "") -> Seen:
        """What the reference gives. The generator is seeded as the submission's is."""
        key = case if key is None else key
        if (key, until) not in self._right:
            with seeded():
                self._right[key, until] = self.run(reference, case, until)
        return self._right[key, until]  # type: ignore[no-any-return]

    def right_when(self, reference: Any, run: Any, key: Any) -> list[Seen]:
        """What the reference gives under circumstances, for each that is compared."""
        if key not in self._right:
            with seeded():
                self._right[key] = [seen for _, seen, *_ in run(self, reference, key[1])]
        return self._right[key]  # type: ignore[no-any-return]

    def observed(self, bench: Bench, case: Any) -> Seen:
        """What the submission gives, once for all checks; the values are promises, and kept."""

        def run(case: Any) -> Seen:
            with bench.student.program():
                return self.run(bench.student, case)

        if not self._keys:
            self._keys = [each for each in bench.drawn("case") if type(each) is self.cases]
        return bench.once.each(self.name, self._keys, run)(case)  # type: ignore[no-any-return]

    # -- comparing -----------------------------------------------------------------------------

    def expect(
        self, name: str, yours: Seen, right: Seen, case: Any, place: str = "", **tolerance: Any
    ) -> None:
        """Fail unless the observations of a name are right.

        Args:
            place: What is special, to be said behind the source of the value.
        """
        tolerance.setdefault("unit", self._unit(case))
        observed = self.named(name)
        for own, wanted in zip(yours.get(name, []), right[name], strict=True):
            for label, mine, best in _pairs(observed, resolved(own), resolved(wanted)):
                expect_same(mine, best, f"{label}{place}", **tolerance)

    def expect_slope_or_right(
        self, bench: Bench, name: str, case: Any, yours: Seen, right: Seen, **tolerance: Any
    ) -> None:
        """As :meth:`expect`; a gradient may fit the submission's own, wrong values instead.

        Then whatever these belong to has to have lost points for them.
        """
        with self.excused(bench, name, case, yours, right):
            self.expect(name, yours, right, case, **tolerance)

    def excused(
        self, bench: Bench, name: str, case: Any, yours: Seen, right: Seen
    ) -> AbstractContextManager[None]:
        """Leave a difference to the group of what a gradient belongs to, where it fits that."""
        slope = self.slopes.get(name)
        if slope is None or self.named(slope.of).group == self.named(name).group:
            return nullcontext()
        if not self._fits_own(bench, name, slope, case, yours, right):
            return nullcontext()
        return bench.waived(to=self.named(slope.of).group)

    def left_to_needed(self, bench: Bench, name: str) -> AbstractContextManager[None]:
        """Leave a difference to the groups of what is needed and wrong in an ordinary case."""
        wrong = [
            each.named(n).group for each, n in self.needs.get(name, ()) if each.fails(bench, n)
        ]
        return bench.waived(to=tuple(wrong)) if wrong else nullcontext()

    def fails(self, bench: Bench, name: str) -> bool:
        """Whether an observation is wrong in one of two ordinary cases."""
        usual = self.cases.ordinary()
        for case in (usual, usual.but(_seed=1)):
            right = self.right(bench.reference, case)
            try:
                self.expect(name, self.observed(bench, case), right, case)
            except (StudentError, CheckFailed):
                return True
        return False

    def as_usual(self, bench: Bench, name: str) -> AbstractContextManager[None]:
        """Excuse what would be excused in an ordinary case, whatever the circumstances are now."""
        if name in self.needs:
            return self.left_to_needed(bench, name)
        usual = self.cases.ordinary()
        seen, right = self.observed(bench, usual), self.right(bench.reference, usual)
        return self.excused(bench, name, usual, seen, right)

    def measured(self, reference: Any, slope: Slope, case: Any) -> np.ndarray[Any, Any]:
        """The gradient of what the reference gives, by central differences."""
        points, step = self._points(slope, case)
        losses = [
            slope.loss(self.value(slope.of, seen), case)
            for seen in (
                self.right(reference, moved, (case, slope, n), slope.of)
                for n, moved in enumerate(points)
            )
        ]
        return _gradient(losses, step, np.shape(getattr(case, slope.wrt)))

    def _fits_own(
        self, bench: Bench, name: str, slope: Slope, case: Any, yours: Seen, right: Seen
    ) -> bool:
        """Whether a gradient that is not right is that of the submission's own values."""
        try:
            own, wanted = self.value(name, yours), self.value(name, right)
            if is_close(own, wanted, unit=self._unit(case)):
                return False
            found = bench.once(
                ("slope", self.name, name, case), lambda: self._own(bench, slope, case)
            )
        except (StudentError, CheckFailed):
            return False
        if found is None or not np.any(found):
            return False
        return agrees(own, found)

    def _own(self, bench: Bench, slope: Slope, case: Any) -> np.ndarray[Any, Any] | None:
        points, step = self._points(slope, case)
        with bench.student.untraced(), bench.student.program():
            seen = [self.run(bench.student, moved, slope.of) for moved in points]
        try:
            losses = [slope.loss(self.value(slope.of, each), case) for each in seen]
            return _gradient(losses, step, np.shape(getattr(case, slope.wrt)))
        except (StudentError, CheckFailed, TypeError, ValueError):
            return None

    def all_of(self, name: str, seen: Seen) -> Any:
        """What was observed under a name: a value, or a tuple of them where it was more than once.

        Raises:
            StudentError: In the place of one.
        """
        observed = self.named(name)
        values = [resolved(each) for each in seen.get(name, [])]
        if observed.part is not None and all(isinstance(v, tuple | list) for v in values):
            values = [v[observed.part] if observed.part < len(v) else v for v in values]
        values = [as_numpy(value) for value in values]
        return values[0] if len(values) == 1 else tuple(values)

    def value(self, name: str, seen: Seen) -> Any:
        """The first value of an observation.

        Raises:
            StudentError: In its place.
            CheckFailed: It is no item of a tuple of the right length.
        """
        observed = self.named(name)
        return taken_apart(
            resolved(seen[name][0]), observed.part, observed.parts, observed.labels[0]
        )

    def _points(self, slope: Slope, case: Any) -> tuple[list[Changed], float]:
        step = gradients.STEP * case._scale
        start = np.asarray(getattr(case, slope.wrt), dtype=float)
        moved = gradients.perturbed(start, step)
        values = moved if start.ndim else moved.tolist()
        return [Changed(case, **{slope.wrt: value}) for value in values], step


@contextmanager
def seeded() -> Iterator[None]:
    """In the block, NumPy's global generator is seeded as in the worker; then it is put back."""
    state = np.random.get_state()
    np.random.seed(seeds.number())
    try:
        yield
    finally:
        np.random.set_state(state)


def agrees(yours: Any, measured: Any) -> bool:
    """Whether a gradient is a measured one."""
    return is_close(yours, measured, rtol=MEASURED_RTOL, atol=MEASURED_ATOL)


def interleaved(*runs: Iterator[tuple[Any, Any]]) -> list[Seen]:
    """What scenarios yield that go on in turn, a step of each at a time."""
    found: list[Seen] = [{} for _ in runs]
    going = list(zip(runs, found, strict=True))
    while going:
        for run in list(going):
            pair = next(run[0], None)
            if pair is None:
                going.remove(run)
            else:
                put(run[1], *pair)
    return found


def _collected(run: Iterator[tuple[Any, Any]], until: str) -> Iterator[tuple[str, list[Any]]]:
    found: Seen = {}
    for names, value in run:
        put(found, names, value)
        if until and until in found:
            break
    yield from found.items()


def put(found: Seen, names: Any, value: Any) -> None:
    """Add what a scenario has yielded."""
    for name in names if isinstance(names, tuple) else (names,):
        found.setdefault(name, []).append(value)


def _pairs(observed: Observation, yours: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """The source of each value that is observed, what it is, and what it should be."""
    if observed.part is not None:
        (label,) = observed.labels
        own = taken_apart(yours, observed.part, observed.parts, label)
        yield label, own, right[observed.part]
    elif len(observed.labels) > 1:
        yield from zip(observed.labels, yours, right, strict=True)
    else:
        yield observed.labels[0], yours, right


def _gradient(losses: Any, step: float, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    up, down = np.split(np.asarray(losses, dtype=float), 2)
    found: np.ndarray[Any, Any] = ((up - down) / (2 * step)).reshape(shape)
    return found
