"""What a distorted reference knows of its calls; appended to a reference, and run in the worker.

This file, :mod:`record`, :mod:`wrap`, :mod:`conditions` and :mod:`changes` are not imported where
they run: :mod:`render` appends their text to the reference's. They use the standard library and
NumPy, and know no problem.

A *place* is where a value is: ``result``, ``result.weights`` in a dictionary that is returned,
``self.W``, ``self.fc.Z`` in a dictionary of the instance, or the name of an argument. A *size* is
an axis of an array at a place, ``X.0``, or a whole number at one.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_told: set[str] = set()
_output = sys.stdout  # as it is now: a check may listen to what is printed


def tell(what: str) -> None:
    """Print something once."""
    if what not in _told:
        _told.add(what)
        print(f"\n@distortion {what}", file=_output)


class Call:
    """One call of a member of the instance's class.

    Attributes:
        instance: The instance; for a class method what it made.
        member: The method's name.
        given, named: The arguments as they came.
        arguments: The same by name, with defaults.
        memory: What is remembered of the instance between its calls.
        number: How many calls of this method there were on the instance, this one among them.
        before: The arrays of the instance before the call, by their places; copies.
        result: What the method returned.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        member: str,
        given: tuple[Any, ...],
        named: dict[str, Any],
        memory: dict[Any, Any],
        signature: inspect.Signature,
    ) -> None:
        self.function, self.member, self.given, self.named = function, member, given, named
        self.instance: Any = None if isinstance(given[0], type) else given[0]
        self.memory = memory
        self.number = memory.get(("calls", member), 0) + 1
        self.before = {place: value.copy() for place, value in arrays_in(self.instance)}
        self.flags = dict(flags_in(self.instance))
        self.generator: Any = np.random.get_state()
        self.result: Any = None
        self.done = False
        self._sizes: dict[str, int] = {}
        try:
            bound = signature.bind(*given, **named)
        except TypeError:  # the call itself is wrong, and the function will say so
            self.arguments: dict[str, Any] = {}
        else:
            bound.apply_defaults()
            self.arguments = dict(list(bound.arguments.items())[1:])
        flags = {name: value for name, value in self.arguments.items() if type(value) is bool}
        self.flags.update(flags)

    def run(self) -> None:
        """Do what the method does."""
        self.result = self.function(*self.given, **self.named)
        self.done, self._sizes = True, {}
        if isinstance(self.given[0], type):
            self.instance = self.result

    def sizes(self) -> dict[str, int]:
        """The sizes of what is there: of arguments, then of the instance, then of the result."""
        if self.done and self._sizes:
            return self._sizes
        found: dict[str, int] = {}
        kept = arrays_in(self.instance) if self.done else self.before.items()
        places = [*self.arguments.items(), *kept, *leaves(self.result)]
        for place, value in places:
            if isinstance(value, np.ndarray):
                for axis, size in enumerate(value.shape):
                    found.setdefault(f"{place}.{axis}", size)
            elif type(value) is int and not place.startswith("result"):
                found.setdefault(place, value)
        for name, value in numbers_in(self.instance):
            if type(value) is int:
                found.setdefault(name, value)
        self._sizes = found
        return found

    def factor(self, name: str) -> Any:
        """A size, or a number that is an argument or an attribute; None where it is not there."""
        value = {**dict(numbers_in(self.instance)), **self.sizes(), **self.arguments}.get(name)
        return None if isinstance(value, np.ndarray) else value

    def value(self, place: str) -> Any:
        """What is at a place; None if nothing is."""
        if place.startswith("result"):
            return dict(leaves(self.result)).get(place)
        if place.startswith("self."):
            found = self.instance
            for key in place.split(".")[1:]:
                found = found.get(key) if isinstance(found, dict) else getattr(found, key, None)
            return found
        return self.arguments.get(place)

    def put(self, place: str, value: Any) -> None:
        """Have something else at a place of the result or of the instance."""
        root, *keys = place.split(".")
        if not keys:
            self.result = value
        elif root == "result" and isinstance(self.result, tuple | list):
            items = list(self.result)
            items[int(keys[0].removeprefix("item"))] = value
            self.result = type(self.result)(items)
        elif root == "result":
            self.result = {**self.result, keys[0]: value}
        elif len(keys) == 1:
            setattr(self.instance, keys[0], value)
        else:
            getattr(self.instance, keys[0])[keys[1]] = value

    def finish(self) -> None:
        """Remember the call."""
        self.memory["calls", self.member] = self.number
        for name, value in self.flags.items():
            self.memory.setdefault(("seen", name), set()).add(value)
        for name, size in self.sizes().items():
            self.memory.setdefault(("sizes", self.member, name), []).append(size)


def arrays_in(instance: Any) -> Iterator[tuple[str, Any]]:
    """Yield the arrays of an instance, also those in its dictionaries, with their places."""
    for name, value in list(getattr(instance, "__dict__", {}).items()):
        if isinstance(value, np.ndarray):
            yield f"self.{name}", value
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, np.ndarray):
                    yield f"self.{name}.{key}", item


def numbers_in(instance: Any) -> Iterator[tuple[str, Any]]:
    """Yield the numbers of an instance, with their places."""
    for name, value in list(getattr(instance, "__dict__", {}).items()):
        for place, item in (
            ((f"self.{name}.{key}", item) for key, item in value.items())
            if isinstance(value, dict)
            else [(f"self.{name}", value)]
        ):
            if isinstance(item, int | float | np.number) and type(item) is not bool:
                yield place, item


def flags_in(instance: Any) -> Iterator[tuple[str, bool]]:
    """Yield the attributes of an instance that are true or false, with their places."""
    for name, value in list(getattr(instance, "__dict__", {}).items()):
        if type(value) is bool:
            yield f"self.{name}", value


def leaves(value: Any, place: str = "result") -> Iterator[tuple[str, Any]]:
    """Yield what consists of numbers in a result, with its place: arrays, numbers, lists."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{place}.{key}")
    elif type(value) in (tuple, list) and any(isinstance(item, np.ndarray) for item in value):
        for number, item in enumerate(value):
            yield from leaves(item, f"{place}.item{number}")
    elif isinstance(value, np.ndarray | np.number) or (
        type(value) in (int, float, tuple, list) and np.asarray(value).dtype.kind in "if"
    ):
        yield place, value


def surrounded(entry: Any, around: Callable[[Call], None]) -> None:
    """Have ``around`` called in place of each method of a class; it runs the method.

    Methods that the class inherits from others of its own file are among these.
    """
    memories: Any = weakref.WeakKeyDictionary()
    common: dict[Any, Any] = {"instance": 0}

    def memory_of(instance: Any) -> dict[Any, Any]:
        if instance not in memories:
            common["instance"] += 1
            memories[instance] = {"instance": common["instance"], "common": common}
        found: dict[Any, Any] = memories[instance]
        return found

    def wrapped(name: str, function: Any) -> Any:
        signature = inspect.signature(function)

        def method(*given: Any, **named: Any) -> Any:
            of_class = isinstance(given[0], type)
            memory = common if of_class else memory_of(given[0])
            call = Call(function, name, given, named, memory, signature)
            around(call)
            call.finish()
            return call.result

        return functools.wraps(function)(method)

    for kind in entry.__mro__:
        if kind.__module__ == entry.__module__:
            for name, value in list(vars(kind).items()):
                mine = name not in vars(entry) or kind is entry
                if mine and name in members_of(kind):
                    if isinstance(value, classmethod):
                        setattr(entry, name, classmethod(wrapped(name, value.__func__)))
                    else:
                        setattr(entry, name, wrapped(name, value))


def members_of(kind: Any) -> list[str]:
    """The methods, class methods and the constructor that a class defines itself."""
    return [
        name
        for name, value in vars(kind).items()
        if (inspect.isfunction(value) or isinstance(value, classmethod))
        and (name == "__init__" or not name.startswith("_"))
    ]
