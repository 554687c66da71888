"""Cases: what a scenario is tried with, drawn at random, small at first, smaller when it fails.

A class of cases names its parts, and each case has a value for each::

    class Batch(Case):
        rows, classes = sizes(1, 6), sizes(2, 5)
        scores = floats("rows", "classes")
        labels = integers(0, "classes", "rows")
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from hypothesis import strategies as st

from grader.checks import seeds

LARGE, TINY = 2.0**20, 2.0**-27
"""What numbers are multiplied by in cases far from the ordinary ones: exactly, as powers of 2."""
FAR = 130
"""A size far from the ordinary ones."""


class Part:
    """A part of a case: an attribute of the class that describes it, of a case its value."""

    name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, case: Case | None, owner: type) -> Any:
        return self if case is None else case._values[self.name]


class Size(Part):
    """A whole number of ``low`` to ``high``, most often the length of an axis."""

    def __init__(self, low: int, high: int, *, fixed: bool = False) -> None:
        self.low, self.high, self.fixed = low, high, fixed


class Option(Part):
    """One of several values."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values


class Array(Part):
    """An array; its shape is of numbers and of names of sizes."""

    def __init__(self, shape: tuple[str | int, ...]) -> None:
        self.shape = shape

    def draw(self, case: Case, generator: np.random.Generator) -> Any:
        """An array for a case, whose sizes are known."""
        raise NotImplementedError

    def shape_in(self, case: Case) -> tuple[int, ...]:
        """The shape for a case."""
        return tuple(case.size_of(side) for side in self.shape)


class Floats(Array):
    """An array of doubles."""

    def __init__(
        self, shape: tuple[str | int, ...], nonzero: bool, scaled: bool, between: Any
    ) -> None:
        super().__init__(shape)
        self.nonzero, self.scaled, self.between = nonzero, scaled, between

    def draw(self, case: Case, generator: np.random.Generator) -> Any:
        """Multiples of 1/2 up to 4, or any numbers of about that size; times the case's scale."""
        shape = self.shape_in(case)
        if self.between is not None:
            low, high = self.between
            return generator.uniform(low, high, shape)
        signs = generator.choice([-1.0, 1.0], shape)  # a number, where there are no axes
        if case._whole:
            numbers = generator.integers(1 if self.nonzero else 0, 9, shape) / 2
        else:
            numbers = np.abs(generator.standard_normal(shape)) * 2 + (0.1 if self.nonzero else 0.0)
        drawn = signs * numbers * (case._scale if self.scaled else 1.0)
        return drawn if self.shape else float(drawn)


class Integers(Array):
    """An array of whole numbers, from ``low`` up to and without ``high``."""

    def __init__(
        self, low: str | int, high: str | int, shape: tuple[str | int, ...], kind: type
    ) -> None:
        super().__init__(shape)
        self.low, self.high, self.kind = low, high, kind

    def draw(self, case: Case, generator: np.random.Generator) -> Any:
        """Each number is as likely as any other; a plain number where there are no axes."""
        low, high = case.size_of(self.low), case.size_of(self.high)
        drawn = generator.integers(low, high, self.shape_in(case))
        return np.asarray(drawn).astype(self.kind) if self.shape else self.kind(drawn)


def sizes(low: int, high: int, *, fixed: bool = False) -> Any:
    """A size of ``low`` to ``high``.

    Args:
        fixed: Whether there are no others: cases far from the ordinary ones keep to it as well.
    """
    return Size(low, high, fixed=fixed)


def one_of(*values: Any) -> Any:
    """One of several values: truth values, numbers or texts; the first is the simplest."""
    return Option(values)


def floats(
    *shape: str | int,
    nonzero: bool = False,
    scaled: bool = True,
    between: tuple[float, float] | None = None,
) -> Any:
    """An array of doubles, of about 1 in size, positive and negative.

    Args:
        shape: Names of sizes, and numbers.
        nonzero: Whether none of them is 0, or close to it.
        scaled: Whether there are cases in which they are large, or tiny.
        between: Draw from this range alone, evenly.
    """
    return Floats(shape, nonzero, scaled and between is None, between)


def integers(low: str | int, high: str | int, *shape: str | int) -> Any:
    """An array of integers from ``low`` on, below ``high``; a single one without ``shape``.

    Args:
        low, high: Numbers, or names of sizes.
        shape: Names of sizes, and numbers.
    """
    return Integers(low, high, shape, int)


def booleans(*shape: str | int) -> Any:
    """An array of truth values."""
    return Integers(0, 2, shape, bool)


_TAKEN = ("case", "yours", "right")
"""What predictions read beside the parts of a case."""


class Case:
    """What a scenario is tried with; equal cases have equal values.

    Args:
        _seed: Tells cases of the same sizes apart; arrays depend on the session's seed as well.
        _whole: Whether floats are multiples of 1/2.
        _scale: What floats are multiplied by.
        chosen: Sizes and options; the smallest and the first by default.
    """

    _sizes: ClassVar[dict[str, Size]] = {}
    _options: ClassVar[dict[str, Option]] = {}
    _arrays: ClassVar[dict[str, Array]] = {}

    def __init_subclass__(cls) -> None:
        for name, part in vars(cls).items():
            if isinstance(part, Part) and (hasattr(Case, name) or name in _TAKEN):
                raise TypeError(f"a part of a case cannot be called {name!r}: every case has one")
        for kind, name in ((Size, "_sizes"), (Option, "_options"), (Array, "_arrays")):
            own = {key: part for key, part in vars(cls).items() if isinstance(part, kind)}
            setattr(cls, name, {**getattr(cls, name), **own})

    def __init__(
        self, *, _seed: int = 0, _whole: bool = True, _scale: float = 1.0, **chosen: Any
    ) -> None:
        self._seed, self._whole, self._scale = _seed, _whole, _scale
        self._chosen: dict[str, Any] = {
            **{name: size.low for name, size in self._sizes.items()},
            **{name: option.values[0] for name, option in self._options.items()},
            **chosen,
        }

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        """The value of each part."""
        found = dict(self._chosen)
        for number, (name, array) in enumerate(self._arrays.items()):
            lengths = [value for value in self._chosen.values() if type(value) is int]
            generator = seeds.generator(number, self._seed, self._whole, *map(abs, lengths))
            found[name] = array.draw(self, generator)
        return found

    def size_of(self, side: str | int) -> int:
        """A number, or the size of that name."""
        return self._chosen[side] if isinstance(side, str) else side

    def fits(self) -> bool:
        """Whether the sizes go together; for subclasses to say."""
        return True

    # -- what the judge makes of cases -------------------------------------------------------

    def but(self, **changes: Any) -> Self:
        """The case with other sizes or options, seed, ``whole`` or ``scale``."""
        own = {"_seed": self._seed, "_whole": self._whole, "_scale": self._scale}
        return type(self)(**{**own, **self._chosen, **changes})

    @property
    def size(self) -> float:
        """What small means, for finding the smallest case that fails."""
        numbers = sum(math.prod(array.shape_in(self)) for array in self._arrays.values())
        others = sum(
            option.values.index(self._chosen[name]) for name, option in self._options.items()
        )
        return numbers + 0.5 * (not self._whole) + (self._scale != 1.0) + 0.1 * others

    def smaller(self) -> Iterator[Self]:
        """Cases with one thing simpler: a size at its least, halved, less by 1; plain numbers."""
        for name, size in self._sizes.items():
            side = self._chosen[name]
            for less in dict.fromkeys((size.low, (size.low + side) // 2, side - 1)):
                if size.low <= less < side:
                    yield from self._fitting(**{name: less})
        for name, option in self._options.items():
            for value in option.values[: option.values.index(self._chosen[name])]:
                yield from self._fitting(**{name: value})
        if not self._whole:
            yield from self._fitting(_whole=True)
        if self._seed:
            yield from self._fitting(_seed=0)
        if self._scale != 1.0:
            yield from self._fitting(_scale=1.0)

    def _fitting(self, **changes: Any) -> Iterator[Self]:
        case = self.but(**changes)
        if case.fits():
            yield case

    @classmethod
    def strategy(cls, **fixed: Any) -> st.SearchStrategy[Self]:
        """Cases as Hypothesis draws them."""
        parts: dict[str, Any] = {
            "_seed": st.integers(0, 255),
            "_whole": st.booleans(),
            **{name: st.integers(size.low, size.high) for name, size in cls._sizes.items()},
            **{name: st.sampled_from(option.values) for name, option in cls._options.items()},
        }
        parts |= {name: st.just(value) for name, value in fixed.items()}
        return st.builds(cls, **parts).filter(cls.fits)

    @classmethod
    def ordinary(cls) -> Self:
        """A small case in which no two sizes need be alike, and none is at its least."""
        sides: dict[str, Any] = {}
        for more, (name, size) in enumerate(cls._sizes.items(), 1):
            sides[name] = min(size.high, size.low + 1 + more % 3)
        usual = cls(**sides)
        return usual if usual.fits() else cls()

    @classmethod
    def corners(cls) -> list[Self]:
        """Small cases that chance may miss: one size at its least, or all; each option."""
        low = {name: size.low for name, size in cls._sizes.items()}
        usual = cls.ordinary()
        sides = [low, *({**usual._chosen, name: least} for name, least in low.items())]
        cases = [cls(**each, _seed=seed) for each in sides for seed in range(2)]
        cases += [
            usual.but(**{name: value})
            for name, option in cls._options.items()
            for value in option.values
        ]
        return _distinct([*cases, usual, usual.but(_seed=1)])

    @classmethod
    def far(cls) -> list[Self]:
        """Cases far from the ordinary ones: one size, or the numbers."""
        usual = cls.ordinary()
        wide = [usual.but(**{name: FAR}) for name, size in cls._sizes.items() if not size.fixed]
        free = any(isinstance(array, Floats) and array.scaled for array in cls._arrays.values())
        scaled = [usual.but(_scale=scale) for scale in (LARGE, TINY)] if free else []
        return _distinct([*wide, *scaled])

    # -- as a value --------------------------------------------------------------------------

    def _key(self) -> tuple[Any, ...]:
        return type(self), self._seed, self._whole, self._scale, tuple(self._chosen.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        parts = [f"{name}={value!r}" for name, value in self._chosen.items()]
        usual = {"_seed": 0, "_whole": True, "_scale": 1.0}
        own = {"_seed": self._seed, "_whole": self._whole, "_scale": self._scale}
        parts += [f"{name}={value!r}" for name, value in own.items() if value != usual[name]]
        return f"{type(self).__name__}({', '.join(parts)})"

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {value}" for name, value in self._chosen.items())
        return told if self._scale == 1.0 else f"{told}, numbers of about {self._scale:.0e}"


def _distinct(cases: Any) -> list[Any]:
    return [case for case in dict.fromkeys(cases) if case.fits()]


class Changed:
    """A case of which one array, or several, are other values: cast, moved, or arrays elsewhere."""

    def __init__(self, case: Case, **arrays: Any) -> None:
        self._case, self._arrays = case, arrays

    def __getattr__(self, name: str) -> Any:
        return self._arrays[name] if name in self._arrays else getattr(self._case, name)
