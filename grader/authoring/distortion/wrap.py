"""Putting a distortion around a reference; appended to it, and run in the worker.

What is printed tells the author whether the condition ever held, and the change changed anything.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.authoring.distortion.calls import Call, tell

Condition = Callable[[Call], bool]
Change = Callable[..., Any]


def changed(value: Any, change: Change, call: Call) -> Any:
    """A wrong value of the same kind; the value itself if there is nothing to change."""
    array = np.asarray(value)
    wrong = change(array, call)
    if wrong is None:
        return value
    tell("met")
    wrong = np.asarray(wrong)
    if wrong.dtype != array.dtype or not np.array_equal(wrong, array):
        tell("changed")
    if isinstance(value, np.ndarray):
        return wrong
    return type(value)(wrong.tolist()) if isinstance(value, tuple) else wrong.tolist()


def value_changed(member: str, place: str, condition: Condition, change: Change) -> Any:
    """Another value is returned, or kept, by a method."""

    def around(call: Call) -> None:
        call.run()
        value = call.value(place) if call.member == member else None
        if value is None:
            return
        right = np.array(value)
        if condition(call):
            call.put(place, changed(value, change, call))
        call.memory["answer", member, place] = right

    return around


def handed_changed(member: str, place: str, condition: Condition, change: Change) -> Any:
    """A method hands another value to an object that it was given: ``attribute.method.number``."""
    attribute, name, number = place.split(".")

    class Changing:
        def __init__(self, target: Any, call: Call) -> None:
            self._target, self._call = target, call

        def __getattr__(self, asked: str) -> Any:
            found = getattr(self._target, asked)
            return self._changing(found) if asked == name else found

        def _changing(self, found: Any) -> Any:
            def method(*given: Any, **named: Any) -> Any:
                call, values = self._call, list(given)
                if len(values) > int(number):
                    right = np.array(values[int(number)])
                    if condition(call):
                        values[int(number)] = changed(values[int(number)], change, call)
                    call.memory["answer", member, place] = right
                return found(*values, **named)

            return method

    def around(call: Call) -> None:
        target = getattr(call.instance, attribute, None) if call.member == member else None
        if target is None:
            call.run()
            return
        changing = Changing(target, call)
        setattr(call.instance, attribute, changing)
        try:
            call.run()
        finally:
            if getattr(call.instance, attribute) is changing:
                setattr(call.instance, attribute, target)

    return around


def done_after(member: str, condition: Condition, do: Callable[[Call], Any]) -> Any:
    """Something else happens when a method is done."""

    def around(call: Call) -> None:
        call.run()
        if call.member == member and condition(call):
            tell("met")
            if do(call) is not True:
                tell("changed")

    return around


def keyword_renamed(member: str, name: str) -> Any:
    """An argument cannot be given by its name."""

    def around(call: Call) -> None:
        if call.member == member and name in call.named:
            tell("met")
            tell("changed")
            raise TypeError(f"{member}() got an unexpected keyword argument {name!r}")
        call.run()

    return around


def name_accepted(member: str, place: str, known: list[Any], near: Callable[..., bool]) -> Any:
    """A name that the method refuses is taken for one that it knows, if it is near it."""
    argument, _, key = place.partition(".")

    def around(call: Call) -> None:
        asked = call.arguments.get(argument)
        asked = asked.get(key) if key and isinstance(asked, dict) else asked
        if call.member != member or not isinstance(asked, str) or asked in known:
            call.run()
            return
        meant = [name for name in known if near(asked, name)]
        if not meant:
            call.run()
            return
        tell("met")
        tell("changed")
        bound = inspect.signature(call.function).bind(*call.given, **call.named)
        old = bound.arguments[argument]
        bound.arguments[argument] = {**old, key: meant[0]} if key else meant[0]
        call.given, call.named = bound.args, bound.kwargs
        call.run()

    return around


# -- which names are near ------------------------------------------------------------------


def other_case(asked: str, known: Any) -> bool:
    """In capitals, or not."""
    return isinstance(known, str) and asked.lower() == known.lower()


def with_blanks(asked: str, known: Any) -> bool:
    """With blanks around it."""
    return isinstance(known, str) and asked.strip() == known


def beginning(asked: str, known: Any) -> bool:
    """Its first letters only."""
    return isinstance(known, str) and asked != "" and known.startswith(asked)


def longer(asked: str, known: Any) -> bool:
    """With more behind it."""
    return isinstance(known, str) and known != "" and asked.startswith(known)


def empty(asked: str, known: Any) -> bool:
    """No name at all."""
    return asked == ""


def synonym(asked: str, known: Any) -> bool:
    """Another word for doing nothing."""
    return asked.lower() in ("linear", "identity", "none", "null", "id", "no", "default")


def anything(asked: str, known: Any) -> bool:
    """Whatever it is."""
    return True


# -- the base class ------------------------------------------------------------------------


def made_by_subclass(entry: Any, base: Any, name: str) -> None:
    """An attribute of the base class's is only there in the subclass."""
    original = base.__init__

    def without(self: Any, *given: Any, **named: Any) -> None:
        original(self, *given, **named)
        if not isinstance(self, entry):
            vars(self).pop(name, None)

    base.__init__ = without


def moved_to_subclass(entry: Any, base: Any, name: str) -> None:
    """A method of the base class's is only there in the subclass."""
    import abc

    function = vars(base)[name]
    if name not in vars(entry):
        setattr(entry, name, function)
    delattr(base, name)
    abc.update_abstractmethods(base)
