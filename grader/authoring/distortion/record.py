"""Finding out what a reference's methods take, keep and return; appended to it, run in the worker.

Each fact is printed once, as a list in JSON, behind ``@fact``.
"""

from __future__ import annotations

import dis
import functools
import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.authoring.distortion.calls import Call, arrays_in, leaves, members_of, numbers_in

_facts: set[str] = set()
_output = sys.stdout  # as it is now: a check may listen to what is printed


def note(*fact: Any) -> None:
    """Print a fact, once."""
    line = json.dumps(fact)
    if line not in _facts:
        _facts.add(line)
        print(f"\n@fact {line}", file=_output)


def kind_of(value: Any) -> str:
    """Array, whole, number, wholes, numbers, flag, name, dict or other."""
    if isinstance(value, np.ndarray):
        return "array"
    if type(value) is bool:
        return "flag"
    if isinstance(value, int | float | np.number):
        return "whole" if isinstance(value, int) else "number"
    if isinstance(value, str):
        return "name"
    if isinstance(value, dict):
        return "dict"
    if isinstance(value, tuple | list) and all(isinstance(i, int | float) for i in value):
        return "wholes" if all(type(item) is int for item in value) else "numbers"
    return "other"


def is_foreign(value: Any) -> bool:
    """Whether it is an object of a class that is neither Python's nor NumPy's."""
    module = type(value).__module__
    return module != "builtins" and not module.startswith("numpy") and not callable(value)


class Listening:
    """Stands for an object that an instance was given, and notes what it is handed."""

    def __init__(self, target: Any, member: str, attribute: str) -> None:
        self._target, self._member, self._attribute = target, member, attribute

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        @functools.wraps(found, assigned=(), updated=())
        def method(*given: Any, **named: Any) -> Any:
            for number, value in enumerate(given):
                if isinstance(value, np.ndarray):
                    place = f"{self._attribute}.{name}.{number}"
                    note("hands", self._member, place)
                    if value.ndim > 1:
                        note("matrix", self._member, place)
            return found(*given, **named)

        return method


def recorded(call: Call) -> None:
    """Run a call, and note what there is to be known of it."""
    member, instance = call.member, call.instance
    stands: dict[str, Any] = {}
    for name, value in list(getattr(instance, "__dict__", {}).items()):
        if is_foreign(value):
            stands[name] = value
            setattr(instance, name, Listening(value, member, name))
    held = dict(arrays_in(instance))
    ids = {place: id(value) for place, value in held.items()}
    numbers = dict(numbers_in(instance))
    note("member", member)
    for name, value in call.arguments.items():
        if value is not None:
            note("takes", member, name, kind_of(value))
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, str):
                    note("takes", member, f"{name}.{key}", "name")
    names = dict(_names(call))
    try:
        call.run()
    except Exception as error:
        for place, asked in names.items():
            if asked and repr(asked) in str(error):
                note("refuses", member, place, asked)
        raise
    finally:
        for name, value in stands.items():
            if isinstance(getattr(instance, name, None), Listening):
                setattr(instance, name, value)
    for place, asked in names.items():
        note("accepts", member, place, asked)
    for name, flag in call.flags.items():
        note("flag", member, name, flag)
    given = {id(value) for value in call.arguments.values()}
    for place, value in arrays_in(call.instance):
        if value.ndim > 1:
            note("matrix", member, place)
        if place in call.before:
            note("had", member, place)
        if id(value) in given:
            note("argument", member, place)
        if id(value) != ids.get(place) or not np.array_equal(value, call.before[place]):
            note("keeps", member, place, "array")
    for place, value in numbers_in(call.instance):
        if place not in numbers or numbers[place] != value:
            note("keeps", member, place, kind_of(value))
        note("factor", member, place)
        if value not in (0, 1):
            note("not 1", member, place)
    for name, flag in call.flags.items():
        if name.startswith("self.") and getattr(instance, name[5:], None) is not flag:
            note("sets", member, name)
    if isinstance(instance, object) and member != "__init__":
        for name, value in getattr(instance, "__dict__", {}).items():
            if type(value) is bool and f"self.{name}" not in call.flags:
                note("sets", member, f"self.{name}")
    for place, value in leaves(call.result):
        note("returns", member, place, kind_of(value))
        if isinstance(value, np.ndarray) and value.ndim > 1:
            note("matrix", member, place)
    for name, value in call.arguments.items():
        if isinstance(value, int | float) and type(value) is not bool:
            note("factor", member, name)
            if value not in (0, 1):
                note("not 1", member, name)
    sizes = call.sizes()
    for name, size in sizes.items():
        note("size", member, name)
        if size > 1:
            note("not 1", member, name)
        for other, there in sizes.items():
            if size != there and name < other:
                note("differ", member, name, other)
    state: Any = np.random.get_state()
    if state[2] != call.generator[2] or not np.array_equal(state[1], call.generator[1]):
        note("draws", member)


def _names(call: Call) -> Any:
    """The texts that a call is given, with their places."""
    for name, value in call.arguments.items():
        if isinstance(value, str) or value is None:
            yield name, value
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, str):
                    yield f"{name}.{key}", item


def record_interface(entry: Any) -> None:
    """Note what can be known without a call: parameters, and base classes of the same file."""
    for name in members_of(entry):
        value = vars(entry)[name]
        function = value.__func__ if isinstance(value, classmethod) else value
        if isinstance(value, classmethod):
            note("of the class", name)
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            default = parameter.default if type(parameter.default) is bool else None
            note("parameter", name, parameter.name, default)
    for base in entry.__mro__[1:]:
        if base.__module__ == entry.__module__:
            for name in members_of(base):
                note("base method", base.__name__, name)
            if "__init__" in vars(base):
                for step in dis.get_instructions(vars(base)["__init__"]):
                    if step.opname == "STORE_ATTR":
                        note("base name", base.__name__, step.argval)


def watching(asked: dict[str, list[Callable[[Call], bool]]]) -> Callable[[Call], None]:
    """Run calls, and note which of the conditions hold for a call of each method."""

    def around(call: Call) -> None:
        call.run()
        waiting = asked.get(call.member, [])
        for number, condition in enumerate(waiting):
            if condition is not None and condition(call):
                note("met", call.member, number)
                waiting[number] = None  # type: ignore[call-overload]

    return around
